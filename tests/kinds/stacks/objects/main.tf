# Swift: a container with an object in it, whose names are the account's.

resource "openstack_objectstorage_container_v1" "box" {
  name     = "${var.unique}-box"
  metadata = merge(local.metadata, { Temp-URL-Key = "of-a-test" })
}

resource "openstack_objectstorage_object_v1" "note" {
  container_name = openstack_objectstorage_container_v1.box.name
  name           = "notes/first one.txt"
  content        = "of the run"
}

resource "openstack_objectstorage_tempurl_v1" "link" {
  container = openstack_objectstorage_container_v1.box.name
  object    = openstack_objectstorage_object_v1.note.name
  method    = "get"
  ttl       = 60
}
