# Each function that names are made of, with the arguments where two implementations would differ.

locals {
  results = {
    format_verbs   = format("%s-%d-%03d-%v-%%-%5s-%5d", "a", 7, 8, true, "r", 42)
    format_left    = format("%-5s|", "l")
    format_fixed   = format("%.2f", 3.14159)
    format_large   = format("%s-%d-%v", 1234567, 1234567, 1234567)
    join           = join(", ", ["a", "b"], [1, true])
    join_of_a_set  = join(",", toset(["b", "a", "b"]))
    lower          = lower("ABC Ä")
    upper          = upper("abc straße")
    replace        = replace("a-b-c", "-", "+")
    replace_empty  = replace("abc", "", "-")
    replace_regex  = replace("a1b2", "/[0-9]/", "#")
    substr         = "${substr("hello", 1, 3)} ${substr("hello", -3, 2)} ${substr("hello", 1, -1)} ${substr("hello", 3, 99)}"
    substr_beyond  = "<${substr("hello", 9, 1)}>"
    split          = join("|", split(",", "a,b,,c"))
    split_nothing  = length(split(",", ""))
    split_letters  = join("|", split("", "abc"))
    element        = "${element(["a", "b", "c"], 4)} ${element(["a", "b"], 0)}"
    lookup         = "${lookup({ a = "x" }, "a", "d")} ${lookup({ a = "x" }, "b", "d")}"
    merge          = join(",", [for k, v in merge({ b = 1, a = 1 }, { b = 2 }, null) : "${k}${v}"])
    concat         = join(",", concat(["b"], [], ["a", "b"]))
    toset          = length(toset(["a", "b", "a"]))
    toset_numbers  = join(",", toset([10, 9, 10]))
    toset_mixed    = join(",", toset([10, "9"]))
    tolist         = tolist(toset(["b", "a"]))[0]
    tolist_mixed   = tolist([1, "a"])[0] == "1" ? "text" : "number"
    range          = join(",", concat(range(3), range(1, 4), range(0, 10, 5), range(5, 2), range(-2)))
    length_number  = try(length(10), "none")
    concat_mixed   = concat(tolist([1]), ["a"])[0] == "1" ? "text" : "number"
    length         = "${length(["a", "b"])} ${length({ a = 1 })} ${length("four")} ${length("héé")}"
    coalesce       = "${coalesce("", null, "b")} ${coalesce(null, 3)}"
    coalesce_mixed = coalesce(1, "b") == "1" ? "text" : "number"
    try            = "${try({}.missing, ["a"][3], "last")} ${try("first", "second")}"
    try_null       = try(null.x, "of null")
    try_nested     = try(try({}.a, {}.b), "outer")
    keys           = join(",", keys({ b = 1, a = 2 }))
    slice          = join(",", slice(["a", "b", "c"], 1, 3))
    sort           = join(",", sort(["b", "B", "a"]))
    extremes       = "${max(1, "3", 2)} ${min(3, 2.5)}"
    tostring       = "${tostring(1.50)} ${tostring(true)}"
    tomap          = tomap({ a = 1, b = "x" })["a"] == "1" ? "text" : "number"
    trimspace      = "<${trimspace(" \t a\n")}>"
    spread         = format("%s-%s", ["a", "b"]...)
    fraction       = "${0.1 + 0.2} ${1 / 4} ${10 / 5}"
    zero_width     = format("%05s", "-a")
  }
}

resource "openstack_networking_network_v2" "of" {
  for_each = local.results
  name     = each.value
}

resource "openstack_networking_network_v2" "try_unknown" {
  name = try(openstack_networking_network_v2.of["try"].id, "never")
}

resource "openstack_networking_network_v2" "coalesce_unknown" {
  name = coalesce(openstack_networking_network_v2.of["try"].id, "never")
}

resource "openstack_networking_network_v2" "others" {
  name = "x-${md5("x")}"
}
