"""Nets that the tests of this folder run."""

LEARNER = """
name: "learner"
force_backward: true
layer {
  name: "data" type: "DummyData" top: "data" top: "label"
  dummy_data_param {
    shape { dim: 5 dim: 2 dim: 3 dim: 4 } shape { dim: 5 }
    data_filler { type: "gaussian" std: 1 } data_filler { type: "constant" value: 1 }
  }
}
layer {
  name: "conv" type: "Convolution" bottom: "data" top: "conv" param { lr_mult: 1 } param { lr_mult: 2 }
  convolution_param {
    num_output: 6 kernel_size: 2 pad: 1
    weight_filler { type: "gaussian" std: 1 } bias_filler { type: "constant" value: 2 }
  }
}
layer {
  name: "ip" type: "InnerProduct" bottom: "conv" top: "ip_blob" param { lr_mult: 1 } param { lr_mult: 2 }
  inner_product_param {
    num_output: 7 weight_filler { type: "gaussian" std: 2.5 } bias_filler { type: "constant" value: -3 }
  }
}
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip_blob" bottom: "label" top: "loss" }
"""

ALL_IN_ONE = """
layer {
  name: "train_data" type: "DummyData" top: "data" top: "label" include { phase: TRAIN }
  dummy_data_param { shape { dim: 2 dim: 5 } shape { dim: 2 } }
}
layer {
  name: "val_data" type: "DummyData" top: "data" top: "label" include { phase: TEST stage: "val" }
  dummy_data_param { shape { dim: 3 dim: 5 } shape { dim: 3 } }
}
layer {
  name: "data" type: "Input" top: "data" include { phase: TEST stage: "deploy" }
  input_param { shape { dim: 1 dim: 5 } }
}
layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" inner_product_param { num_output: 4 } }
layer {
  name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss"
  include { phase: TRAIN } include { phase: TEST stage: "val" }
}
layer {
  name: "pred" type: "Softmax" bottom: "ip" top: "pred" include { phase: TEST stage: "deploy" }
}
"""

BRANCHES = """
name: "branches"
force_backward: true
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
layer {
  name: "a" type: "InnerProduct" bottom: "x" top: "a"
  inner_product_param { num_output: 4 weight_filler { type: "xavier" } }
}
layer { name: "r" type: "ReLU" bottom: "a" top: "a" }
layer { name: "t" type: "TanH" bottom: "a" top: "t" }
layer { name: "p" type: "Power" bottom: "a" top: "p" power_param { power: 2 } }
layer { name: "e" type: "Eltwise" bottom: "t" bottom: "p" top: "e" }
layer { name: "z" type: "Reduction" bottom: "e" top: "z" loss_weight: 0.5 }
"""
