package io.graft.benchmarks.quantization;

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
import java.util.Optional;
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
    private record Stored(String last, DType dtype, Shape shape) {}

    private static Stored stored(String last, DType dtype, long... shape) {
        return new Stored(last, dtype, Shape.of(shape));
    }

    /**
     * How a type of GGUF packs elements.
     *
     * @param type its number
     * @param bytes of a block
     * @param elements of a block
     */
    record Blocks(int type, int bytes, int elements) {}

    /**
     * A layout.
     *
     * @param gguf empty for safetensors
     */
    record Kind(String name, String config, List<Stored> parts, Optional<Blocks> gguf) {
        /** What to open of a folder that it was written to. */
        Path file(Path folder) {
            return gguf.isPresent() ? folder.resolve("model.gguf") : folder;
        }

        /** Writes some weights. */
        void write(Path folder, int tensors) throws IOException {
            if (gguf.isPresent()) {
                blocks(folder.resolve("model.gguf"), tensors, gguf.get());
                return;
            }
            List<OutputTensor> state = new ArrayList<>();
            for (int i = 0; i < tensors; i++) {
                for (Stored part : parts) {
                    Shape shape = part.shape();
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

        private static void blocks(Path file, int tensors, Blocks blocks) throws IOException {
            long bytes = SIZE * SIZE / blocks.elements() * blocks.bytes();
            ByteBuffer header = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
            header.put("GGUF".getBytes(StandardCharsets.US_ASCII))
                    .putInt(3)
                    .putLong(tensors)
                    .putLong(0);
            for (int i = 0; i < tensors; i++) {
                byte[] name = ("layers." + i + ".weight").getBytes(StandardCharsets.US_ASCII);
                header.putLong(name.length).put(name).putInt(2).putLong(SIZE).putLong(SIZE);
                header.putInt(blocks.type()).putLong(i * bytes);
            }
            int start = (header.position() + 31) / 32 * 32;
            byte[] data = new byte[(int) bytes];
            System.arraycopy(BYTES, 0, data, 0, data.length);
            for (int at = 0; at < data.length; at += blocks.bytes()) {
                // finite scales: 2^-6 and 2^-7
                for (int scale = 0; scale < 2; scale++) {
                    if (scale == 0 || blocks.elements() == 256) {
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

    private static Kind kind(String name, String config, List<Stored> parts) {
        return new Kind(name, config, parts, Optional.empty());
    }

    private static Kind gguf(String name, Blocks blocks) {
        return new Kind(name, "", List.of(), Optional.of(blocks));
    }

    static List<Kind> all() {
        long groups = SIZE / GROUP;
        String gptq =
                "\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 128, \"desc_act\": false, \"sym\": false";
        String packed = "\"quant_method\": \"compressed-tensors\", \"config_groups\": {\"group_0\": {\"weights\":"
                + " {\"num_bits\": 4, \"symmetric\": true}}}";
        return List.of(
                kind(
                        "FP8, blocks of 128 x 128, F32",
                        config("\"quant_method\": \"fp8\", \"weight_block_size\": [128, 128]"),
                        List.of(
                                stored("weight", DType.F8_E4M3, SIZE, SIZE),
                                stored("weight_scale_inv", DType.F32, groups, groups))),
                kind(
                        "FP8, one scale a row, BF16",
                        config("\"quant_method\": \"compressed-tensors\""),
                        List.of(
                                stored("weight", DType.F8_E4M3, SIZE, SIZE),
                                stored("weight_scale", DType.BF16, SIZE, 1))),
                kind(
                        "MXFP8, exponents of 32 columns",
                        config("\"quant_method\": \"mxfp8\", \"weight_block_size\": [1, 32]"),
                        List.of(
                                stored("weight", DType.F8_E4M3, SIZE, SIZE),
                                stored("weight_scale_inv", DType.U8, SIZE, SIZE / 32))),
                kind(
                        "bitsandbytes nf4",
                        config("\"quant_method\": \"bitsandbytes\""),
                        List.of(
                                stored("weight", DType.U8, SIZE * SIZE / 2, 1),
                                stored("weight.absmax", DType.U8, SIZE * SIZE / 64),
                                stored("weight.nested_absmax", DType.F32, SIZE * SIZE / 64 / 256),
                                stored("weight.nested_quant_map", DType.F32, 256),
                                stored("weight.quant_state.bitsandbytes__nf4", DType.U8, 1))),
                kind(
                        "bitsandbytes int8",
                        config("\"quant_method\": \"bitsandbytes\""),
                        List.of(stored("weight", DType.I8, SIZE, SIZE), stored("SCB", DType.F32, SIZE))),
                kind(
                        "GPTQ, 4 bits",
                        config(gptq),
                        List.of(
                                stored("qweight", DType.I32, SIZE / 8, SIZE),
                                stored("qzeros", DType.I32, groups, SIZE / 8),
                                stored("scales", DType.F16, groups, SIZE))),
                kind(
                        "AWQ",
                        config("\"quant_method\": \"awq\", \"bits\": 4, \"group_size\": 128, \"version\": \"gemm\""),
                        List.of(
                                stored("qweight", DType.I32, SIZE, SIZE / 8),
                                stored("qzeros", DType.I32, groups, SIZE / 8),
                                stored("scales", DType.F16, groups, SIZE))),
                kind(
                        "compressed-tensors, 4 bits",
                        config(packed),
                        List.of(
                                stored("weight_packed", DType.I32, SIZE, SIZE / 8),
                                stored("weight_scale", DType.BF16, SIZE, groups))),
                kind(
                        "compressed-tensors, int8",
                        config("\"quant_method\": \"compressed-tensors\""),
                        List.of(stored("weight", DType.I8, SIZE, SIZE), stored("weight_scale", DType.BF16, SIZE, 1))),
                kind(
                        "MXFP4, 32 experts",
                        config("\"quant_method\": \"mxfp4\""),
                        List.of(
                                stored("up_blocks", DType.U8, 32, SIZE / 8, SIZE / 128, 16),
                                stored("up_scales", DType.U8, 32, SIZE / 8, SIZE / 128))),
                kind(
                        "NVFP4",
                        config("\"quant_method\": \"modelopt\""),
                        List.of(
                                stored("weight", DType.U8, SIZE, SIZE / 2),
                                stored("weight_scale", DType.F8_E4M3, SIZE, SIZE / 16),
                                stored("weight_scale_2", DType.F32))),
                gguf("GGUF Q8_0", new Blocks(8, 34, 32)),
                gguf("GGUF Q4_0", new Blocks(2, 18, 32)),
                gguf("GGUF Q4_K", new Blocks(12, 144, 256)));
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
