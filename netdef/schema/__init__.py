"""The file format: messages as Caffe has them, binding from text, and the upgrade of old forms."""
