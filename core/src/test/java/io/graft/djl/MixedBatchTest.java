package io.graft.djl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.util.NativeResource;
import io.graft.Report;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Adapter;
import io.graft.model.parametrization.Parametrization;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** P42: one batch whose rows have adapters of their own. */
class MixedBatchTest {
    private static final String BASE = Adapter.BASE;
    private static final Shape INPUT = new Shape(5, 3, 4);

    private Model model;

    @BeforeEach
    void open() {
        model = Model.newInstance("network", "PyTorch");
        open(layers());
    }

    @AfterEach
    void close() {
        model.close();
    }

    /** On rows of three vectors. */
    private static SequentialBlock layers() {
        return new SequentialBlock()
                .add(Linear.builder().setUnits(6).build())
                .add(Activation::tanh)
                .add(Linear.builder().setUnits(2).build());
    }

    private void open(Block block) {
        block.initialize(model.getNDManager(), DataType.FLOAT32, INPUT);
        model.setBlock(block);
    }

    private ModifiedModel put(Consumer<ModelDraft> edits) throws IOException {
        BlockTarget target = BlockTarget.of(model);
        ModelDraft draft = target.draft();
        edits.accept(draft);
        target.commit(Models.plan(target, draft)).close();
        return ModifiedModel.of(target, new Report(Models.plan(target, draft), true, List.of(), List.of()));
    }

    /** Of another rank each, one on both layers, one on the second, and none of them active. */
    private ModifiedModel putTwo() throws IOException {
        return put(draft -> {
            draft.parametrize("0.weight", "a", Methods.lora(6, 2, 4, 2, 0.1));
            draft.parametrize("2.weight", "a", Methods.lora(2, 1, 6, 0.5, 0));
            draft.parametrize("2.weight", "b", Methods.lora(2, 2, 6, 3, 0));
            draft.activate(Map.of());
        });
    }

    private float[][] rows(Block block) {
        try (NDManager scope = model.getNDManager().newSubManager()) {
            NDArray input = scope.arange((float) INPUT.size()).sin().reshape(INPUT);
            NDArray output = block.forward(new ParameterStore(scope, false), new NDList(input), false)
                    .singletonOrThrow();
            float[][] rows = new float[(int) output.size(0)][];
            for (int row = 0; row < rows.length; row++) {
                rows[row] = output.get(row).toFloatArray();
            }
            assertFalse(output.hasGradient());
            return rows;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a b __base__ b a",
        "__base__ __base__ __base__ __base__ __base__",
        "a a a a a",
        "b __base__ __base__ __base__ a",
        "b b b b __base__"
    })
    void eachRowIsAsItIsAlone(String adapters) throws IOException {
        ModifiedModel modified = putTwo();
        List<String> names = List.of(adapters.split(" "));
        float[][] base = rows(modified.block());
        float[][] mixed = rows(modified.mixed(names));
        for (int row = 0; row < names.size(); row++) {
            if (names.get(row).equals(BASE)) {
                assertArrayEquals(base[row], mixed[row]);
            } else {
                modified.activate(Map.of(names.get(row), 1.0));
                float[] alone = rows(modified.block())[row];
                assertFalse(Arrays.equals(base[row], alone));
                assertArrayEquals(alone, mixed[row], 1e-6f);
            }
        }
        // Whatever is active, and whatever was computed of it.
        modified.activate(Map.of("b", 0.25));
        float[][] active = rows(modified.block());
        assertArrayEquals(mixed, rows(modified.mixed(names)));
        assertArrayEquals(active, rows(modified.block()));
    }

    @Test
    void theBaseBelowMayBeStoredAsCodes() throws IOException {
        ModifiedModel modified = put(draft -> {
            draft.parametrize(
                    "0.weight",
                    new Methods.Int8(
                            Methods.bytes(io.graft.tensor.Shape.of(6, 4), new byte[] {
                                1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -12
                            }),
                            Methods.tensor(io.graft.tensor.Shape.of(6, 1), row -> 0.01f * (row + 1))));
            draft.parametrize("0.weight", "a", Methods.lora(6, 2, 4, 2, 0));
            draft.activate(Map.of());
        });
        float[][] base = rows(modified.block());
        float[][] mixed = rows(modified.mixed(List.of("a", BASE, BASE, "a", BASE)));
        modified.activate(Map.of("a", 1.0));
        float[][] alone = rows(modified.block());
        assertArrayEquals(alone[0], mixed[0], 1e-6f);
        assertArrayEquals(base[1], mixed[1]);
        assertArrayEquals(alone[3], mixed[3], 1e-6f);
        assertArrayEquals(alone, rows(modified.block()));
    }

    @Test
    void whatTheModelDoesNotHaveIsToldByItsRow() throws IOException {
        ModifiedModel modified = putTwo();
        assertEquals(
                "row 2 has the adapter `c`, and the model has `a`, `b`", refusal(modified, "a", BASE, "c", "a", "c"));
        assertEquals("a batch has rows: name an adapter for each, or `__base__` for none", refusal(modified));
        assertEquals(
                "row 0 has the adapter `a`, and the model has none",
                refusal(
                        put(draft -> {
                            draft.unparametrize("a");
                            draft.unparametrize("b");
                        }),
                        "a"));
    }

    private static String refusal(ModifiedModel modified, String... adapters) {
        return assertThrows(IllegalArgumentException.class, () -> modified.mixed(List.of(adapters)))
                .getMessage();
    }

    @Test
    void anotherNumberOfRowsIsRefused() throws IOException {
        Block mixed = putTwo().mixed(List.of("a", BASE));
        assertEquals(
                "the batch has 5 rows, and adapters are named for 2",
                assertThrows(IllegalArgumentException.class, () -> rows(mixed)).getMessage());
    }

    @Test
    void rowsThatALayerDoesNotGetAreRefused() throws IOException {
        open(new SequentialBlock()
                .add(new LambdaBlock(inputs -> new NDList(inputs.head().reshape(15, 4)), "flat"))
                .add(layers()));
        ModifiedModel modified = put(draft -> draft.parametrize("1.0.weight", "a", Methods.lora(6, 2, 4, 2, 0)));
        Block mixed = modified.mixed(List.of("a", BASE, BASE, "a", BASE));
        assertEquals(
                "the layer of `1.0.weight` gets (15, 4) in a batch of 5: its first axis is not that of the rows, which have"
                        + " adapters of their own",
                assertThrows(IllegalStateException.class, () -> rows(mixed)).getMessage());
    }

    @Test
    void whatIsTrainedHasOneChoice() throws IOException {
        Block mixed = putTwo().mixed(List.of("a", BASE, BASE, "a", BASE));
        try (NDManager scope = model.getNDManager().newSubManager()) {
            assertEquals(
                    "rows have adapters of their own in inference alone: train with one choice of adapters, which `activate`"
                            + " makes",
                    assertThrows(
                                    IllegalStateException.class,
                                    () -> mixed.forward(
                                            new ParameterStore(scope, false), new NDList(scope.ones(INPUT)), true))
                            .getMessage());
        }
    }

    /** Convolutions, biases and DoRA, by their names and before anything runs; of adapters that no row has, nothing. */
    @Test
    void layersThatRunNoFactorsAreRefused() throws IOException {
        open(new SequentialBlock()
                .add(Conv1d.builder().setKernelShape(new Shape(1)).setFilters(3).build())
                .add(layers()));
        Parametrization dora = new Methods.Dora(
                Methods.random(io.graft.tensor.Shape.of(2, 4), 1),
                Methods.random(io.graft.tensor.Shape.of(6, 2), 2),
                Methods.tensor(io.graft.tensor.Shape.of(6, 1), index -> 1f),
                1);
        ModifiedModel modified = put(draft -> {
            draft.parametrize("0.weight", "conv", Methods.lora(3, 2, 3, 2, 0));
            draft.parametrize("1.0.weight", "dora", dora);
            draft.parametrize("1.2.weight", "linear", Methods.lora(2, 1, 6, 2, 0));
            draft.activate(Map.of());
        });
        assertEquals(
                "rows of one batch have adapters of their own where linear layers run these in factors, and not on `0.weight`"
                        + " (`lora` of `conv`), `1.0.weight` (`dora` of `dora`): run the rows of each adapter by themselves",
                refusal(modified, "conv", "dora", "linear", BASE, BASE));
        rows(modified.mixed(List.of("linear", BASE, BASE, BASE, BASE)));
    }

    @Test
    void noAdapterIsCalledAsRowsWithoutAny() {
        ModelDraft draft = BlockTarget.of(model).draft();
        assertEquals(
                "`__base__` cannot be the name of an adapter: rows of a batch that have none are called so",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> draft.parametrize("0.weight", BASE, Methods.lora(6, 2, 4, 2, 0)))
                        .getMessage());
    }

    @Test
    void manyThreadsRunBatchesOfTheirOwn() throws Exception {
        ModifiedModel modified = putTwo();
        List<String> names = new ArrayList<>(List.of("a", "b", BASE, "b", "a"));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int turn = 0; turn < 20; turn++) {
                Collections.rotate(names, 1);
                Block mixed = modified.mixed(names);
                float[][] expected = rows(mixed);
                List<Future<float[][]>> all = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    all.add(threads.submit(() -> rows(mixed)));
                }
                modified.activate(turn % 2 == 0 ? Map.of("a", 1.0) : Map.of());
                for (Future<float[][]> each : all) {
                    assertArrayEquals(expected, each.get());
                }
            }
        } finally {
            threads.shutdown();
        }
    }

    /** What is taken off is freed, but not under a forward that began with it and has computed nothing of it yet. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aForwardEndsWithWhatItBeganWith(boolean isMixed) throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch swapped = new CountDownLatch(1);
        AtomicReference<Thread> waiting = new AtomicReference<>();
        open(new SequentialBlock()
                .add(new LambdaBlock(
                        inputs -> {
                            if (Thread.currentThread() == waiting.get()) {
                                began.countDown();
                                await(swapped);
                            }
                            return inputs;
                        },
                        "wait"))
                .add(layers()));
        ModifiedModel modified = put(draft -> draft.parametrize("1.0.weight", "a", Methods.lora(6, 2, 4, 2, 0)));
        List<String> names = List.of("a", "a", BASE, BASE, "a");
        Block block = isMixed ? modified.mixed(names) : modified.block();
        float[][] before = rows(block);
        modified.invalidate();
        Parameter factor = modified.parameters().get("1.0.lora_A.a");
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<float[][]> under = thread.submit(() -> {
                waiting.set(Thread.currentThread());
                return rows(block);
            });
            await(began);
            put(draft -> {
                draft.unparametrize("a");
                draft.parametrize("1.0.weight", "a", Methods.lora(6, 3, 4, 5, 0));
            });
            NDArray held = factor.getArray();
            assertFalse(Arrays.deepEquals(before, rows(block)));
            swapped.countDown();
            assertArrayEquals(before, under.get());
            assertTrue(((NativeResource<?>) held).isReleased());
        } finally {
            swapped.countDown();
            thread.shutdown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
