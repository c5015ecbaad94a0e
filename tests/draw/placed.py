"""Nets over two devices, small enough to count by hand."""

HEAD = 'name: "pair" layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 6 dim: 5 dim: 7 } } }'

# conv: 8 kernels of 6×3×3; norm looks at one neighbour on each side; ip reads all 8 channels of 3×5.
SPLIT = (
    HEAD
    + """
layer { name: "conv" type: "Convolution" bottom: "x" top: "conv" device: "0" device: "1"
        convolution_param { num_output: 8 kernel_size: 3 } }
layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
layer { name: "norm" type: "LRN" bottom: "conv" top: "norm" lrn_param { local_size: 3 } }
layer { name: "ip" type: "InnerProduct" bottom: "norm" top: "ip" device: "0" device: "1"
        inner_product_param { num_output: 4 } }
layer { name: "loss" type: "EuclideanLoss" bottom: "ip" bottom: "ip" top: "loss" }
"""
)

# Weights of 12 × 210 that both devices read: one reads them where they lie, the other copies of them.
SHARED = (
    HEAD
    + "".join(
        f"""
layer {{ name: "ip{device}" type: "InnerProduct" bottom: "x" top: "ip{device}" device: "{device}"
        param {{ name: "w" }} inner_product_param {{ num_output: 12 bias_term: false }} }}"""
        for device in "01"
    )
    + 'layer { name: "loss" type: "EuclideanLoss" bottom: "ip0" bottom: "ip1" top: "loss" }'
)

UNDIVIDED = SPLIT.replace("num_output: 8", "num_output: 9")
