package io.graft.cli.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.graft.GraftException;
import io.graft.apply.GivenModel;
import io.graft.apply.LiveRun;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.cli.Place;
import io.graft.models.EncoderProcessorDecoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The last of a list of modifiers fails while the plan is carried out; every kind of live model has the bits that it had. */
class FailingLastModifierTest {
    private static final String GOOD = """
            { type = transfer-learning, checkpoint-path = pretrained.ckpt, exclude = [decoder] }
            { type = freezing, submodules-to-freeze = [encoder, "processor.0"] }
            { type = lora, rank = 4, target-modules = [query, value], init = random, train-base = true, adapter = NAME }
            """;
    /** Values and flags of parameters alone, for which no program is loaded anew. */
    private static final String IN_PLACE = """
            { type = transfer-learning, checkpoint-path = pretrained.ckpt, exclude = [decoder], buffers = keep }
            { type = freezing, submodules-to-freeze = [encoder] }
            """;

    private static final String FAILING =
            "{ type = transfer-learning, checkpoint-path = damaged.ckpt, \"include\" = [decoder] }";

    @TempDir
    Path folder;

    private Place place;

    enum Kind {
        BLOCK,
        BLOCK_WITHOUT_A_MODEL,
        MODIFIED_BLOCK,
        PROGRAM,
        PROGRAM_IN_PLACE,
        PROGRAM_WITHOUT_ITS_FILE,
        PROGRAM_THAT_CANNOT_BE_TRAINED,
        MODIFIED_PROGRAM;

        private boolean program() {
            return name().contains("PROGRAM");
        }

        private boolean modified() {
            return name().startsWith("MODIFIED");
        }
    }

    @BeforeEach
    void files() throws IOException {
        place = new Place(folder).with("epd/scripted.pt", "epd/pretrained.ckpt");
        byte[] file = Files.readAllBytes(folder.resolve("pretrained.ckpt"));
        TensorEntry entry = Checkpoint.open(folder.resolve("pretrained.ckpt")).tensors().values().stream()
                .filter(each -> each.name().endsWith("decoder.data.weight"))
                .findFirst()
                .orElseThrow();
        ByteBuffer weight = entry.data().window(0, (int) entry.data().byteCount());
        byte[] bytes = new byte[weight.remaining()];
        weight.get(bytes);
        int at = 0;
        while (!Arrays.equals(file, at, at + bytes.length, bytes, 0, bytes.length)) {
            at++;
        }
        file[at] ^= 1;
        Files.write(folder.resolve("damaged.ckpt"), file);
    }

    private Path config(String name, String modifiers) {
        place.file(name, "graft.modifiers = [\n" + modifiers + "]\n");
        return folder.resolve(name);
    }

    @ParameterizedTest
    @EnumSource
    void everyBitIsAsItWas(Kind kind) throws Exception {
        try (Model model = open(kind)) {
            if (kind.modified()) {
                given(kind, model)
                        .configuration(config("before.conf", GOOD.replace("NAME", "first")))
                        .run();
            }
            Block block = model.getBlock();
            Map<String, String> before = state(model);
            Path config = config(
                    "x.conf", (kind == Kind.PROGRAM_IN_PLACE ? IN_PLACE : GOOD.replace("NAME", "second")) + FAILING);
            assertTrue(given(kind, model).configuration(config).plan().isCommittable());
            GraftException failure = assertThrows(
                    GraftException.class,
                    () -> given(kind, model).configuration(config).run());
            assertTrue(failure.getMessage().contains("damaged.ckpt"), failure.getMessage());
            assertSame(block, model.getBlock());
            assertEquals(before, state(model));
        }
    }

    private Model open(Kind kind) throws Exception {
        Model model = Model.newInstance("model", "PyTorch");
        if (kind.program()) {
            boolean trained = kind != Kind.PROGRAM_THAT_CANNOT_BE_TRAINED;
            model.load(folder, "scripted.pt", trained ? Map.of("trainParam", "true") : Map.of());
        } else {
            Block block = new EncoderProcessorDecoder().newBlock(model, folder, Map.of());
            block.initialize(model.getNDManager(), DataType.FLOAT32, new Shape(6, 8));
            model.setBlock(block);
        }
        return model;
    }

    private GivenModel<LiveRun> given(Kind kind, Model model) {
        ModelModifierApplier applier = ModelModifierApplier.create();
        return switch (kind) {
            case BLOCK_WITHOUT_A_MODEL -> applier.model(model.getBlock());
            case PROGRAM, PROGRAM_IN_PLACE, PROGRAM_THAT_CANNOT_BE_TRAINED ->
                applier.model(model, folder.resolve("scripted.pt"));
            default -> applier.model(model);
        };
    }

    /** The bits and the flag of each parameter, and those of the outputs, in which buffers count. */
    private static Map<String, String> state(Model model) {
        Map<String, String> state = new TreeMap<>();
        try (NDManager scope = model.getNDManager().newSubManager()) {
            model.getBlock().getParameters().forEach(pair -> {
                NDArray array = pair.getValue().getArray();
                state.put(pair.getKey(), pair.getValue().requiresGradient() + " " + array.hasGradient() + bits(array));
            });
            NDArray input = scope.arange(48f).sin().reshape(6, 8);
            NDArray output = model.getBlock()
                    .forward(new ParameterStore(scope, false), new NDList(input), false)
                    .singletonOrThrow();
            state.put("forward", bits(output));
        }
        return state;
    }

    private static String bits(NDArray array) {
        return array.getShape() + Arrays.toString(array.toByteArray());
    }
}
