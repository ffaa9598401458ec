// Provider of the tests whose one data source runs a program while terraform reads it, as hashicorp/external does.
package main

import (
	"context"
	"encoding/json"
	"os/exec"

	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-plugin-sdk/v2/plugin"
)

func main() {
	words := &schema.Schema{Type: schema.TypeString}
	output := &schema.Resource{
		ReadContext: read,
		Schema: map[string]*schema.Schema{
			"program": {Type: schema.TypeList, Required: true, Elem: words},
			"result":  {Type: schema.TypeMap, Computed: true, Elem: words},
		},
	}
	plugin.Serve(&plugin.ServeOpts{ProviderFunc: func() *schema.Provider {
		return &schema.Provider{DataSourcesMap: map[string]*schema.Resource{"program_output": output}}
	}})
}

// read runs the program; what it prints is a JSON object of texts.
func read(ctx context.Context, data *schema.ResourceData, _ any) diag.Diagnostics {
	var words []string
	for _, word := range data.Get("program").([]any) {
		words = append(words, word.(string))
	}
	printed, err := exec.CommandContext(ctx, words[0], words[1:]...).Output()
	if err != nil {
		return diag.FromErr(err)
	}
	result := map[string]string{}
	if err := json.Unmarshal(printed, &result); err != nil {
		return diag.FromErr(err)
	}
	data.SetId("-")
	return diag.FromErr(data.Set("result", result))
}
