"""A net whose products are split over the workers, small enough to count by hand."""

HEAD = 'name: "split" layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 6 dim: 5 dim: 7 } } }'
NET = f"""
layer_group {{ name: "split" over_workers: true }}
{HEAD}
layer {{ name: "conv" type: "Convolution" bottom: "x" top: "conv"
        convolution_param {{ num_output: 8 kernel_size: 3 }} }}
layer {{ name: "fc" type: "InnerProduct" bottom: "conv" top: "fc" in_group: "split"
        inner_product_param {{ num_output: 12 }} }}
layer {{ name: "relu" type: "ReLU" bottom: "fc" top: "fc" }}
layer {{ name: "out" type: "InnerProduct" bottom: "fc" top: "out" in_group: "split"
        inner_product_param {{ num_output: 20 }} }}
layer {{ name: "loss" type: "EuclideanLoss" bottom: "out" bottom: "out" top: "loss" }}
"""
WITHOUT = NET.replace("over_workers: true", "")
CONV, FC, OUT = 8 * 6 * 9 + 8, 12 * 8 * 3 * 5 + 12, 20 * 12 + 20  # parameters
