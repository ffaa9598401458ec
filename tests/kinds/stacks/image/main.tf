resource "openstack_images_image_v2" "image" {
  name             = "${var.name}-image"
  local_file_path  = "${path.module}/main.tf"
  container_format = "bare"
  disk_format      = "raw"
  visibility       = "shared"
  tags             = local.tags
}

resource "openstack_images_image_access_v2" "access" {
  image_id  = openstack_images_image_v2.image.id
  member_id = "00000000000000000000000000000000"
}
