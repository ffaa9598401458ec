from_auto      = "auto"
from_auto_json = "auto"
from_file      = "auto"
