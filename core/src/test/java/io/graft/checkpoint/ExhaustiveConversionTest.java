package io.graft.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every number of 8 and 16 bits, and of 32 bits every upper half with the lower halves that rounding looks at, converted as
 * PyTorch 2.13 does. The digests are SHA-256 of the bytes of {@code tensor.to(dtype)}, in which each NaN was replaced by the
 * positive quiet one without payload.
 */
@Tag("slow")
class ExhaustiveConversionTest {
    private static final int[] LOWER_HALVES = {0, 1, 0x7fff, 0x8000, 0x8001, 0xffff, 0x1000, 0x0fff};

    @ParameterizedTest
    @CsvSource(textBlock = """
            F16, F32, 385ff5fe69182797cda5f1827e20cf423f4416bc9246f27d0eec27cac9039259
            F16, F64, ecc18b9b372011f0402dc5e75578328f4b1582c725748617e1451a3ccc7981a5
            F16, BF16, 37de2c9beecc2633296c26c38c769266445dbdb118bf655d177cddbd3e73914c
            BF16, F32, f12e27efe34841dfd6391497b86f389096b03a376586e1d9691bba0a8de3980a
            BF16, F64, 6a00f29e7303e153fd9ec155cefb51fd665981aa463226c50006bc72f6739520
            BF16, F16, 081663db890db93c3f0f03bbac4450a56ff468dbf706005a749fa4d33e9b3971
            F8_E4M3, F32, 422eccfaa21e72a6b26855bb10cdcfead6c1ce3262ecd813c99d8cbf9677f2e2
            F8_E4M3, F64, 98959cdf4be234fd2c6642943d11510f6dd8cbf68b437ddcb4bf4ca7a004e444
            F8_E4M3, F16, 7cb230f4a456ffdd669842a257b4ffdb30f3ffa9179f0ecca10a831a3a907a84
            F8_E4M3, BF16, 15e7e4f7f07a1a04e832bfcea81d297a794c9e60824e4f72ab5537c9050f26c7
            F8_E5M2, F32, 229a94c5f728edf2259da970a0e1dfb45cc1d69cce2b30e37659f3212ec4b8b9
            F8_E5M2, F64, 0ebeb4cd681ba45cb07e8f6b4ab91af1056631d20f320d9f24715be364b12fc9
            F8_E5M2, F16, 7a20b929b76bca7f1f3d54b365bbfb6eea474c0d3fd2b8724287a01fb2a7bece
            F8_E5M2, BF16, d6e0c4cfe40a633142ae7efca8a782ba24232c4ef2197ddd57df87ea1894ef90
            F8_E4M3FNUZ, F32, ac4866f772a7c08077713fde1fa54131d49c26339c885e971a24fc0fac6e33f4
            F8_E4M3FNUZ, F64, 10ad41a5ddbd0da6168954bade20482aeedd69e0295ddef42da4703067b24be6
            F8_E4M3FNUZ, F16, be4fefb4e266bdb5768a0f97e5368e473a3b5692e71372a132e45e3f929aa402
            F8_E4M3FNUZ, BF16, 6e00d3dd9a1f38fb71a060f2ae867a25ef7c2cafa093638e84cbce4509a79c92
            F8_E5M2FNUZ, F32, aac12d2730bf26ca53bfa107a7a6a8df192aba8cf58b971eec9126f83991e6d4
            F8_E5M2FNUZ, F64, 0480d2f04b2d4dad466fe8d5cbdd1b52cb2d952f449d7db61b4baf47d9eb8e34
            F8_E5M2FNUZ, F16, 8607ba7d8d78152a16a839340694b26dc29c06a98f20f38c672e3baf34dc6d1b
            F8_E5M2FNUZ, BF16, 4364d98bdc8bc8cfc173858f2380f040121c4beb1433f14dae83cd145920dae9
            F8_E8M0, F32, 2fb2732a956043772ccd2c1664ae5d2558c62f9c06780c04d95f1ff0050f2f2f
            F8_E8M0, F64, a3dfaeaa54eb87b76adef58c843169028fa210a890278990a995026e47364470
            F8_E8M0, F16, 18b6eb0c3764225a11f72d89dc0e2a8626570825cc8b57260e27a2b96403fe6a
            F8_E8M0, BF16, a14d04d51cf9dd86703cd173733b7cde9a098ebdd5071187211bdda4984771e3
            F32, F16, eabf35b6c52ab09b098586995021ceffd27ce610ffbd5e4ffc61a26a3fe2631b
            F32, BF16, c330f500d592468dd74c3eb07c8f18de2c6b7ac646647c84e70da62fb9e28ea4
            F32, F64, adc4b7ee586eb562786505d10f4af428bbfee182c580ffbd1cfa247631452289
            """)
    void equalsPyTorch(DType from, DType to, String digest) throws IOException, NoSuchAlgorithmException {
        ByteBuffer converted = ByteBuffer.wrap(Fixtures.bytes(new DTypeConversion(inputs(from), from, to)))
                .order(ByteOrder.LITTLE_ENDIAN);
        while (converted.hasRemaining()) {
            int at = converted.position();
            switch (to) {
                case F64 -> {
                    if (Double.isNaN(converted.getDouble())) {
                        converted.putLong(at, 0x7ff8_0000_0000_0000L);
                    }
                }
                case F32 -> {
                    if (Float.isNaN(converted.getFloat())) {
                        converted.putInt(at, 0x7fc0_0000);
                    }
                }
                default -> {
                    int quiet = to == DType.F16 ? 0x7e00 : 0x7fc0;
                    int infinity = to == DType.F16 ? 0x7c00 : 0x7f80;
                    if ((converted.getShort() & 0x7fff) > infinity) {
                        converted.putShort(at, (short) quiet);
                    }
                }
            }
        }
        byte[] actual = MessageDigest.getInstance("SHA-256").digest(converted.array());
        assertEquals(digest, HexFormat.of().formatHex(actual));
    }

    private static TensorData inputs(DType from) {
        int[] lower = from == DType.F32 ? LOWER_HALVES : new int[] {0};
        int count = from.bits() == 8 ? 1 << 8 : 1 << 16;
        ByteBuffer inputs =
                ByteBuffer.allocate(lower.length * count * from.bits() / 8).order(ByteOrder.LITTLE_ENDIAN);
        for (int half : lower) {
            for (int bits = 0; bits < count; bits++) {
                switch (from.bits()) {
                    case 8 -> inputs.put((byte) bits);
                    case 16 -> inputs.putShort((short) bits);
                    default -> inputs.putInt(bits << 16 | half);
                }
            }
        }
        return TensorData.of(inputs.flip());
    }
}
