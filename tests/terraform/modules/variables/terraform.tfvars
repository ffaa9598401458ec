from_tfvars    = "tfvars"
from_auto      = "tfvars"
from_auto_json = "tfvars"
from_file      = "tfvars"
from_option    = "tfvars"
never_null     = null
may_be_null    = null
