# A module from elsewhere, as init left it.

module "far" {
  source = "git::https://example.invalid/net.git"
  label  = "far"
}
