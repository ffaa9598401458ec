from_file   = "file"
from_option = "file"
