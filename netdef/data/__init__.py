"""The data room: databases, images and files of rows become batches of tensors."""
