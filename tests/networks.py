"""The networks that ship, and what their papers and published files say of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Shapes = dict[str, tuple[int, ...]]  # without the batch: channels, height, width

_ALEXNET: Shapes = {"conv1": (96, 55, 55), "pool1": (96, 27, 27), "conv2": (256, 27, 27), "pool2": (256, 13, 13)}
_ALEXNET |= {"conv3": (384, 13, 13), "conv4": (384, 13, 13), "conv5": (256, 13, 13), "pool5": (256, 6, 6)}
_ALEXNET |= {"fc6": (4096,), "fc7": (4096,), "fc8": (1000,)}
_TOWERS: Shapes = {"conv1_0": (48, 55, 55), "conv2_1": (128, 27, 27), "pool2": (256, 13, 13), "conv3_0": (192, 13, 13)}
_TOWERS |= {"conv5_1": (128, 13, 13), "pool5": (256, 6, 6), "fc6_0": (2048,), "fc7": (4096,), "fc8": (1000,)}
_VGG: Shapes = {"conv1_1": (64, 224, 224), "pool1": (64, 112, 112), "pool2": (128, 56, 56), "pool3": (256, 28, 28)}
_VGG |= {"pool4": (512, 14, 14), "pool5": (512, 7, 7), "fc6": (4096,), "fc8": (1000,)}


@dataclass(frozen=True)
class Network:
    """Deployed parameters, multiply-accumulates of one image, shapes of some layers' tops, and who says so."""

    params: int
    macs: int
    source: str
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    training: tuple[int, int] | None = None  # params and macs with heads that only learning has


NETWORKS = {
    "lenet": Network(
        431_080,
        2_293_000,
        "BVLC/caffe examples/mnist/lenet.prototxt",
        {"conv1": (20, 24, 24), "pool1": (20, 12, 12), "conv2": (50, 8, 8), "pool2": (50, 4, 4), "ip2": (10,)},
    ),
    "lenet5": Network(
        60_000,
        326_520,
        "Proc. IEEE 1998, section II.B: parameters; of its 340,908 connections those of C1, C3, C5, F6 and the output",
        {"C1": (6, 28, 28), "S2": (6, 14, 14), "C3": (16, 10, 10), "S4": (16, 5, 5), "C5": (120, 1, 1)}
        | {"F6": (84,), "distance": (10,)},
    ),
    "alexnet": Network(60_965_224, 724_406_816, "BVLC/caffe models/bvlc_alexnet", _ALEXNET),
    "caffenet": Network(60_965_224, 724_406_816, "BVLC/caffe models/bvlc_reference_caffenet", _ALEXNET),
    "alexnet_paper": Network(
        60_965_224, 724_406_816, "NIPS 2012, figure 2; BVLC's file has other borders, equal sizes", _ALEXNET
    ),
    "alexnet_two_towers": Network(60_965_224, 724_406_816, "the net of alexnet_paper in other words", _TOWERS),
    "alexnet_half": Network(
        59_798_312,
        391_514_384,
        "NIPS 2012, section 3.2, footnote: sizes; counts by hand from them",
        {"conv1": (48, 55, 55), "conv4": (192, 13, 13), "conv5": (256, 13, 13), "fc6": (4096,)},
    ),
    "alexnet_six_conv": Network(
        61_260_392,
        735_023_648,
        "NIPS 2012, section 6: AlexNet and a convolution; the width of that is our choice",
        _ALEXNET | {"conv6": (256, 6, 6)},
    ),
    "nin_imagenet": Network(
        7_595_176,
        1_100_188_800,
        "the first author's gist d802a5849de39225bcc6",
        {"conv1": (96, 54, 54), "pool0": (96, 27, 27), "pool2": (256, 13, 13), "pool3": (384, 6, 6)}
        | {"cccp8": (1000, 6, 6), "pool4": (1000, 1, 1)},
    ),
    "nin_cifar10": Network(
        966_986,
        222_486_528,
        "the first author's gist e56253735ef32c3c296d: widths; counts by hand from them",
        {"conv1": (192, 32, 32), "pool1": (96, 16, 16), "pool2": (192, 8, 8), "cccp6": (10, 8, 8)},
    ),
    "nin_cifar100": Network(
        81_960,
        56_753_408,
        "our own small form; counts by hand",
        {"cccp1": (16, 30, 30), "cccp2": (64, 28, 28), "cccp3": (100, 26, 26), "pool3": (100, 1, 1)},
    ),
    "vgg_a": Network(132_863_336, 7_609_090_048, "arXiv 1409.1556, table 2: 133 million; counts by hand", _VGG),
    "vgg_a_lrn": Network(132_863_336, 7_609_090_048, "the same", _VGG | {"norm1": (64, 224, 224)}),
    "vgg_b": Network(133_047_848, 11_308_466_176, "soeaver/caffe-model; arXiv 1409.1556, table 2: 133 million", _VGG),
    "vgg_c": Network(133_638_952, 11_770_888_192, "arXiv 1409.1556, table 2: 134 million; counts by hand", _VGG),
    "vgg_d": Network(138_357_544, 15_470_264_320, "soeaver/caffe-model; arXiv 1409.1556, table 2: 138 million", _VGG),
    "vgg_e": Network(143_667_240, 19_632_062_464, "soeaver/caffe-model; arXiv 1409.1556, table 2: 144 million", _VGG),
    "zfnet": Network(
        62_357_608,
        1_168_032_896,
        "arXiv 1311.2901, figure 3: sides; counts by hand from them",
        {"conv1": (96, 110, 110), "pool1": (96, 55, 55), "conv2": (256, 26, 26), "pool2": (256, 13, 13)}
        | {"conv5": (256, 13, 13), "pool5": (256, 6, 6), "fc8": (1000,)},
    ),
    "googlenet": Network(
        6_998_552,
        1_582_671_872,
        "BVLC/caffe models/bvlc_googlenet; arXiv 1409.4842, table 1: shapes",
        {"conv1/7x7_s2": (64, 112, 112), "pool1/3x3_s2": (64, 56, 56), "conv2/3x3": (192, 56, 56)}
        | {"pool2/3x3_s2": (192, 28, 28), "inception_3a/output": (256, 28, 28), "inception_3b/output": (480, 28, 28)}
        | {"pool3/3x3_s2": (480, 14, 14), "inception_4a/output": (512, 14, 14), "inception_4d/output": (528, 14, 14)}
        | {"inception_4e/output": (832, 14, 14), "pool4/3x3_s2": (832, 7, 7), "inception_5a/output": (832, 7, 7)}
        | {"inception_5b/output": (1024, 7, 7), "pool5/7x7_s1": (1024, 1, 1)},
        training=(13_378_280, 1_591_044_096),
    ),
    "bn_inception": Network(
        11_188_224,
        1_934_857_216,
        "soeaver/caffe-model inception-v2; arXiv 1502.03167, figure 5: shapes",
        {"conv1_7x7_increase": (64, 112, 112), "pool1_3x3_s2": (64, 56, 56), "conv2_3x3": (192, 56, 56)}
        | {"inception_a1_output": (256, 28, 28), "inception_a2_output": (320, 28, 28)}
        | {"reduction_a_concat": (576, 14, 14), "inception_b1_output": (576, 14, 14)}
        | {"inception_b4_output": (576, 14, 14), "reduction_b_concat": (1024, 7, 7)}
        | {"inception_c2_output": (1024, 7, 7), "pool_7x7_s1": (1024, 1, 1)},
    ),
    "inception_v3": Network(
        23_834_568,
        5_713_216_096,
        "soeaver/caffe-model: 5.7132 G; arXiv 1512.00567, table 1: shapes, section 6: below 25 million",
        {"conv1_3x3_s2": (32, 149, 149), "conv2_3x3_s1": (32, 147, 147), "conv3_3x3_s1": (64, 147, 147)}
        | {"pool1_3x3_s2": (64, 73, 73), "pool2_3x3_s2": (192, 35, 35), "inception_a3_output": (288, 35, 35)}
        | {"reduction_a_concat": (768, 17, 17), "inception_b4_concat": (768, 17, 17)}
        | {"reduction_b_concat": (1280, 8, 8), "inception_c2_concat": (2048, 8, 8), "pool_8x8_s1": (2048, 1, 1)},
        training=(27_161_264, 5_718_899_296),
    ),
    "inception_v4": Network(
        42_679_816,
        12_253_974_624,
        "soeaver/caffe-model: 12.2540 G; arXiv 1602.07261, figures 3 and 9: shapes",
        {"conv3_3x3_s1": (64, 147, 147), "inception_stem1": (160, 73, 73), "inception_stem2": (192, 71, 71)}
        | {"inception_stem3": (384, 35, 35), "inception_a4_concat": (384, 35, 35)}
        | {"reduction_a_concat": (1024, 17, 17), "inception_b7_concat": (1024, 17, 17)}
        | {"reduction_b_concat": (1536, 8, 8), "inception_c3_concat": (1536, 8, 8), "pool_8x8_s1": (1536, 1, 1)},
    ),
    "inception_resnet_v2": Network(
        55_843_464,
        13_155_794_016,
        "soeaver/caffe-model: 13.1558 G",
        {"stem_concat": (320, 35, 35), "inception_resnet_v2_a10_residual_eltwise": (320, 35, 35)}
        | {"inception_resnet_v2_b20_residual_eltwise": (1088, 17, 17), "reduction_b_concat": (2080, 8, 8)}
        | {"inception_resnet_v2_c10_residual_eltwise": (2080, 8, 8), "conv6_1x1": (1536, 8, 8)},
    ),
    "resnet18": Network(11_689_512, 1_814_073_344, "arXiv 1512.03385, table 1: 1.8 billion; torchvision"),
    "resnet50": Network(
        25_557_096,
        3_857_973_248,
        "KaimingHe/deep-residual-networks; arXiv 1512.03385, table 1: 3.8 billion",
        {"conv1": (64, 112, 112), "pool1": (64, 56, 56), "res2c": (256, 56, 56), "res3d": (512, 28, 28)}
        | {"res4f": (1024, 14, 14), "res5c": (2048, 7, 7), "pool5": (2048, 1, 1)},
    ),
    "resnet101": Network(44_549_160, 7_570_194_432, "the same: 7.6 billion", {"res4b22": (1024, 14, 14)}),
    "resnet152": Network(60_192_808, 11_282_415_616, "the same: 11.3 billion", {"res4b35": (1024, 14, 14)}),
    "squeezenet_v1.1": Network(
        1_235_496,
        387_747_520,
        "forresti/SqueezeNet SqueezeNet_v1.1; 2.4 times fewer than the 861 million of v1.0, as its README says",
        {"conv1": (64, 113, 113), "pool1": (64, 56, 56), "fire2/concat": (128, 56, 56), "pool3": (128, 28, 28)}
        | {"fire5/concat": (256, 28, 28), "pool5": (256, 14, 14), "fire6/squeeze1x1": (48, 14, 14)}
        | {"fire9/concat": (512, 14, 14), "conv10": (1000, 14, 14), "pool10": (1000, 1, 1)},
    ),
}
