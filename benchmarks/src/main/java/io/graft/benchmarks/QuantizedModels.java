package io.graft.benchmarks;

import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Checkpoints of a few quantized matrices, in the layouts that are common. */
final class QuantizedModels {
    static final long SIZE = 4096;
    static final long GROUP = 128;
    private static final WriteOptions PLAIN = new WriteOptions(false, false, Part.WHOLE);
    private static final byte[] BYTES = new byte[(int) (SIZE * SIZE / 32 * 34)];

    static {
        new SplittableRandom(1).nextBytes(BYTES);
    }

    private QuantizedModels() {}

    /** One part of a weight, whose name is a module and this. */
    private record Stored(String last, DType dtype, long... shape) {}

    /**
     * A layout.
     *
     * @param gguf number of the type, bytes and elements of a block; empty for safetensors
     */
    record Kind(String name, String config, List<Stored> parts, int... gguf) {
        /** What to open of a folder that it was written to. */
        Path file(Path folder) {
            return gguf.length > 0 ? folder.resolve("model.gguf") : folder;
        }

        /** Writes some weights. */
        void write(Path folder, int tensors) throws IOException {
            if (gguf.length > 0) {
                blocks(folder.resolve("model.gguf"), tensors);
                return;
            }
            List<OutputTensor> state = new ArrayList<>();
            for (int i = 0; i < tensors; i++) {
                for (Stored part : parts) {
                    Shape shape = Shape.of(part.shape());
                    ByteBuffer data = part.last().contains("quant_state")
                            ? ByteBuffer.wrap(STATE.getBytes(StandardCharsets.UTF_8))
                            : filled(part.dtype(), shape);
                    state.add(new OutputTensor(
                            "layers." + i + "." + part.last(),
                            part.dtype(),
                            part.last().contains("quant_state") ? Shape.of(data.remaining()) : shape,
                            () -> TensorData.of(data.duplicate())));
                }
            }
            new SafetensorsWriter(folder, "model", SafetensorsWriter.UNLIMITED, Map.of(), PLAIN).write(state);
            Files.writeString(folder.resolve("config.json"), config);
        }

        private void blocks(Path file, int tensors) throws IOException {
            long bytes = SIZE * SIZE / gguf[2] * gguf[1];
            ByteBuffer header = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
            header.put("GGUF".getBytes(StandardCharsets.US_ASCII))
                    .putInt(3)
                    .putLong(tensors)
                    .putLong(0);
            for (int i = 0; i < tensors; i++) {
                byte[] name = ("layers." + i + ".weight").getBytes(StandardCharsets.US_ASCII);
                header.putLong(name.length).put(name).putInt(2).putLong(SIZE).putLong(SIZE);
                header.putInt(gguf[0]).putLong(i * bytes);
            }
            int start = (header.position() + 31) / 32 * 32;
            byte[] data = new byte[(int) bytes];
            System.arraycopy(BYTES, 0, data, 0, data.length);
            for (int at = 0; at < data.length; at += gguf[1]) {
                // finite scales: 2^-6 and 2^-7
                for (int scale = 0; scale < 2; scale++) {
                    if (scale == 0 || gguf[2] == 256) {
                        data[at + 2 * scale] = 0;
                        data[at + 2 * scale + 1] = (byte) (0x24 - 4 * scale);
                    }
                }
            }
            try (OutputStream out = Files.newOutputStream(file)) {
                out.write(header.array(), 0, start);
                for (int i = 0; i < tensors; i++) {
                    out.write(data);
                }
            }
        }
    }

    private static final String STATE = "{\"quant_type\": \"nf4\", \"blocksize\": 64, \"dtype\": \"bfloat16\","
            + " \"shape\": [4096, 4096], \"nested_blocksize\": 256, \"nested_dtype\": \"float32\", \"nested_offset\": 0.1}";

    private static String config(String says) {
        return "{\"dtype\": \"bfloat16\", \"quantization_config\": {" + says + "}}";
    }

    static List<Kind> all() {
        long groups = SIZE / GROUP;
        String gptq =
                "\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 128, \"desc_act\": false, \"sym\": false";
        String packed = "\"quant_method\": \"compressed-tensors\", \"config_groups\": {\"group_0\": {\"weights\":"
                + " {\"num_bits\": 4, \"symmetric\": true}}}";
        return List.of(
                new Kind(
                        "FP8, blocks of 128 x 128, F32",
                        config("\"quant_method\": \"fp8\", \"weight_block_size\": [128, 128]"),
                        List.of(
                                new Stored("weight", DType.F8_E4M3, SIZE, SIZE),
                                new Stored("weight_scale_inv", DType.F32, groups, groups))),
                new Kind(
                        "FP8, one scale a row, BF16",
                        config("\"quant_method\": \"compressed-tensors\""),
                        List.of(
                                new Stored("weight", DType.F8_E4M3, SIZE, SIZE),
                                new Stored("weight_scale", DType.BF16, SIZE, 1))),
                new Kind(
                        "MXFP8, exponents of 32 columns",
                        config("\"quant_method\": \"mxfp8\", \"weight_block_size\": [1, 32]"),
                        List.of(
                                new Stored("weight", DType.F8_E4M3, SIZE, SIZE),
                                new Stored("weight_scale_inv", DType.U8, SIZE, SIZE / 32))),
                new Kind(
                        "bitsandbytes nf4",
                        config("\"quant_method\": \"bitsandbytes\""),
                        List.of(
                                new Stored("weight", DType.U8, SIZE * SIZE / 2, 1),
                                new Stored("weight.absmax", DType.U8, SIZE * SIZE / 64),
                                new Stored("weight.nested_absmax", DType.F32, SIZE * SIZE / 64 / 256),
                                new Stored("weight.nested_quant_map", DType.F32, 256),
                                new Stored("weight.quant_state.bitsandbytes__nf4", DType.U8, 1))),
                new Kind(
                        "bitsandbytes int8",
                        config("\"quant_method\": \"bitsandbytes\""),
                        List.of(new Stored("weight", DType.I8, SIZE, SIZE), new Stored("SCB", DType.F32, SIZE))),
                new Kind(
                        "GPTQ, 4 bits",
                        config(gptq),
                        List.of(
                                new Stored("qweight", DType.I32, SIZE / 8, SIZE),
                                new Stored("qzeros", DType.I32, groups, SIZE / 8),
                                new Stored("scales", DType.F16, groups, SIZE))),
                new Kind(
                        "AWQ",
                        config("\"quant_method\": \"awq\", \"bits\": 4, \"group_size\": 128, \"version\": \"gemm\""),
                        List.of(
                                new Stored("qweight", DType.I32, SIZE, SIZE / 8),
                                new Stored("qzeros", DType.I32, groups, SIZE / 8),
                                new Stored("scales", DType.F16, groups, SIZE))),
                new Kind(
                        "compressed-tensors, 4 bits",
                        config(packed),
                        List.of(
                                new Stored("weight_packed", DType.I32, SIZE, SIZE / 8),
                                new Stored("weight_scale", DType.BF16, SIZE, groups))),
                new Kind(
                        "compressed-tensors, int8",
                        config("\"quant_method\": \"compressed-tensors\""),
                        List.of(
                                new Stored("weight", DType.I8, SIZE, SIZE),
                                new Stored("weight_scale", DType.BF16, SIZE, 1))),
                new Kind(
                        "MXFP4, 32 experts",
                        config("\"quant_method\": \"mxfp4\""),
                        List.of(
                                new Stored("up_blocks", DType.U8, 32, SIZE / 8, SIZE / 128, 16),
                                new Stored("up_scales", DType.U8, 32, SIZE / 8, SIZE / 128))),
                new Kind(
                        "NVFP4",
                        config("\"quant_method\": \"modelopt\""),
                        List.of(
                                new Stored("weight", DType.U8, SIZE, SIZE / 2),
                                new Stored("weight_scale", DType.F8_E4M3, SIZE, SIZE / 16),
                                new Stored("weight_scale_2", DType.F32))),
                new Kind("GGUF Q8_0", "", List.of(), 8, 34, 32),
                new Kind("GGUF Q4_0", "", List.of(), 2, 18, 32),
                new Kind("GGUF Q4_K", "", List.of(), 12, 144, 256));
    }

    /** Bytes that are finite numbers of a type. */
    private static ByteBuffer filled(DType dtype, Shape shape) {
        ByteBuffer bytes = ByteBuffer.allocate((int) dtype.byteCount(shape)).order(ByteOrder.LITTLE_ENDIAN);
        SplittableRandom random = new SplittableRandom(2);
        switch (dtype) {
            case F32 -> {
                while (bytes.hasRemaining()) {
                    bytes.putFloat((float) random.nextDouble(0.001, 0.01));
                }
            }
            case F16, BF16 -> {
                while (bytes.hasRemaining()) {
                    bytes.putShort((short) (0x2c00 + random.nextInt(0x80)));
                }
            }
            case F8_E4M3 -> {
                while (bytes.hasRemaining()) {
                    bytes.put((byte) random.nextInt(0x7f));
                }
            }
            case U8 -> {
                while (bytes.hasRemaining()) {
                    bytes.put((byte) random.nextInt(0xf0));
                }
            }
            default -> bytes.put(BYTES, 0, bytes.capacity());
        }
        return bytes.rewind();
    }
}
