resource "openstack_images_image_v2" "image" {
  name             = "${var.name}-image"
  local_file_path  = "${path.module}/main.tf"
  container_format = "bare"
  disk_format      = "raw"
  tags             = local.tags
}
