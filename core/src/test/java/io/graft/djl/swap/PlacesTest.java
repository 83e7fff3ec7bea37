package io.graft.djl.swap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.BlockList;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.transformer.ScaledDotProductAttentionBlock;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlacesTest {
    private final SwapJournal journal = new SwapJournal();

    @Test
    void aSequentialBlocksChild() {
        Linear first = linear();
        Linear last = linear();
        assertExchanged(new SequentialBlock().add(first).add(Activation::relu).add(last), last, "03Linear");
    }

    @Test
    void aParallelBlocksChild() {
        Linear left = linear();
        assertExchanged(new ParallelBlock(lists -> lists.get(0), List.of(left, linear())), left, "01Linear");
    }

    @Test
    void aPrivateFinalField() {
        Linear stem = linear();
        Tower tower = new Tower(stem);
        Linear replacement = new Copied();
        swap(tower, stem, replacement);
        assertSame(replacement, tower.stem());
        assertSame(replacement, tower.getChildren().valueAt(0));
        journal.undo();
        assertSame(stem, tower.stem());
        assertSame(stem, tower.getChildren().valueAt(0));
        assertEquals(List.of("01stem"), tower.getChildren().keys());
    }

    @Test
    void djlsAttention() {
        ScaledDotProductAttentionBlock attention = ScaledDotProductAttentionBlock.builder()
                .setEmbeddingSize(8)
                .setHeadCount(2)
                .build();
        Linear query = attention.getQueryProjection();
        Linear replacement = new Copied();
        swap(attention, query, replacement);
        assertSame(replacement, attention.getQueryProjection());
        assertEquals(
                1,
                attention.getChildren().values().stream()
                        .filter(child -> child == replacement)
                        .count());
        journal.undo();
        assertSame(query, attention.getQueryProjection());
    }

    @Test
    void djlsEncoderComputesTheSameAfterwards() {
        try (NDManager manager = NDManager.newBaseManager()) {
            TransformerEncoderBlock encoder = new TransformerEncoderBlock(8, 2, 16, 0f, Activation::relu);
            encoder.initialize(manager, DataType.FLOAT32, new Shape(2, 3, 8));
            Block attention = encoder.getChildren().valueAt(0);
            Linear query = ((ScaledDotProductAttentionBlock) attention).getQueryProjection();
            Linear twice = new Copied();
            twice.initialize(manager, DataType.FLOAT32, new Shape(2, 3, 8));
            NDArray before = forward(encoder, manager);
            swap(encoder, query, twice);
            assertNotSame(query, ((ScaledDotProductAttentionBlock) attention).getQueryProjection());
            assertEquals(false, before.allClose(forward(encoder, manager)));
            journal.undo();
            assertEquals(before, forward(encoder, manager));
        }
    }

    @Test
    void everyElementAndFieldThatHoldsIt() {
        Linear shared = linear();
        Everywhere parent = new Everywhere(shared);
        SequentialBlock root = new SequentialBlock().add(parent).add(shared);
        Linear replacement = new Copied();
        swap(root, shared, replacement);
        assertEquals(
                List.of(replacement, replacement, replacement, replacement, replacement, replacement),
                parent.holders());
        assertSame(replacement, root.getChildren().valueAt(1));
        journal.undo();
        assertEquals(List.of(shared, shared, shared, shared, shared, shared), parent.holders());
        assertSame(shared, root.getChildren().valueAt(1));
    }

    @Test
    void anyClassThatTheFieldsTake() {
        Linear child = linear();
        Tower tower = new Tower(child);
        assertEquals(
                Optional.of("`Tower.stem` is declared as Linear and cannot hold a LambdaBlock"),
                Places.of(tower, List.of(child)).refusal(child, LambdaBlock.class));
    }

    @Test
    void aListOfAnotherClass() {
        Linear child = linear();
        Typed typed = new Typed(child);
        assertEquals(
                Optional.of("`Typed.layers[0]` is declared as Linear and cannot hold a LambdaBlock"),
                Places.of(typed, List.of(child)).refusal(child, LambdaBlock.class));
    }

    @Test
    void theRoot() {
        Linear root = linear();
        assertRefused("it is the root of the model, which no other block holds", root, root);
    }

    @Test
    void aBlockOfAnotherModel() {
        assertRefused("no block of the model holds it", new Tower(linear()), linear());
    }

    @Test
    void aStaticField() {
        assertRefused("`Static.LINEAR` is static, so that other models hold it too", new Static(), Static.LINEAR);
    }

    @Test
    void aRecord() {
        Linear child = linear();
        assertRefused(
                "`Holder.held.q` is a component of a record, which keeps what it was made with",
                new Holder(child, new Heads(child)),
                child);
    }

    @Test
    void aLambda() {
        Linear child = linear();
        Function<NDList, NDList> body = inputs -> child.forward(new ParameterStore(), inputs, false);
        assertRefused("`Holder.held` is a lambda that captured it", new Holder(child, body), child);
    }

    @Test
    void aLambdaBlockHidesIt() {
        Linear child = linear();
        SequentialBlock root =
                new SequentialBlock().add(child).add(inputs -> child.forward(new ParameterStore(), inputs, false));
        assertRefused("`LambdaBlock.lambda` is a lambda that captured it", root, child);
    }

    @Test
    void aListThatCannotBeChanged() {
        Linear child = linear();
        assertRefused(
                "`Holder.held[1]` is in a list that cannot be changed",
                new Holder(child, List.of("name", child)),
                child);
    }

    @Test
    void aMapThatCannotBeChanged() {
        Linear child = linear();
        assertRefused(
                "`Holder.held[q]` is in a map that cannot be changed", new Holder(child, Map.of("q", child)), child);
    }

    @Test
    void aSet() {
        Linear child = linear();
        Set<Block> set = new HashSet<>(List.of(child));
        assertRefused(
                "`Holder.held` holds it in a HashSet, where it cannot be exchanged", new Holder(child, set), child);
    }

    @Test
    void childrenInAWayOfItsOwn() {
        Linear child = linear();
        Tower tower = new Tower(linear()) {
            @Override
            public BlockList getChildren() {
                BlockList children = new BlockList();
                children.add("only", child);
                return children;
            }
        };
        assertRefused("`" + tower.getClass().getName() + "` keeps its children in a way of its own", tower, child);
    }

    @Test
    void nothingIsExchangedWhereOnePlaceRefuses() {
        Linear child = linear();
        Holder parent = new Holder(child, List.of(child));
        Places places = Places.of(parent, List.of(child));
        Linear replacement = new Copied();
        assertThrows(IllegalArgumentException.class, () -> places.exchange(child, replacement, journal));
        assertSame(child, parent.getChildren().valueAt(0));
    }

    @Test
    void aModuleThatIsNotOpen(@TempDir Path folder) throws IOException, ReflectiveOperationException {
        Path source = folder.resolve("src/acme/Closed.java");
        Files.createDirectories(source.getParent());
        Files.writeString(folder.resolve("src/module-info.java"), "module acme { exports acme; }");
        Files.writeString(source, """
                package acme;
                public class Closed extends ai.djl.nn.SequentialBlock {
                    private final ai.djl.nn.core.Linear q;
                    public Closed(ai.djl.nn.core.Linear q) { this.q = q; add(q); }
                    public Object q() { return q; }
                }
                """);
        int compiled = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        System.out,
                        System.err,
                        "-d",
                        folder.resolve("out").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "--add-reads",
                        "acme=ALL-UNNAMED",
                        folder.resolve("src/module-info.java").toString(),
                        source.toString());
        assertEquals(0, compiled);
        Configuration configuration = ModuleLayer.boot()
                .configuration()
                .resolve(ModuleFinder.of(folder.resolve("out")), ModuleFinder.of(), Set.of("acme"));
        ModuleLayer.Controller controller = ModuleLayer.defineModulesWithOneLoader(
                configuration, List.of(ModuleLayer.boot()), getClass().getClassLoader());
        Module acme = controller.layer().findModule("acme").orElseThrow();
        controller.addReads(acme, getClass().getModule());
        Linear child = linear();
        Block closed = (Block) acme.getClassLoader()
                .loadClass("acme.Closed")
                .getConstructor(Linear.class)
                .newInstance(child);
        assertRefused("`Closed.q` cannot be reached: module acme does not open acme", closed, child);
    }

    private void swap(Block root, Block old, Block replacement) {
        Places places = Places.of(root, List.of(old));
        assertEquals(Optional.empty(), places.refusal(old, replacement.getClass()));
        places.exchange(old, replacement, journal);
    }

    private void assertExchanged(Block root, Block old, String key) {
        PairList<String, Block> before = root.getChildren();
        Linear replacement = new Copied();
        swap(root, old, replacement);
        assertSame(replacement, root.getChildren().get(key));
        assertEquals(before.keys(), root.getChildren().keys());
        journal.undo();
        assertEquals(before, root.getChildren());
        assertSame(old, root.getChildren().get(key));
    }

    private static void assertRefused(String refusal, Block root, Block child) {
        assertEquals(Optional.of(refusal), Places.of(root, List.of(child)).refusal(child, Linear.class));
    }

    private static NDArray forward(Block block, NDManager manager) {
        return block.forward(
                        new ParameterStore(manager, false),
                        new NDList(manager.arange(48f).reshape(2, 3, 8).div(48)),
                        false)
                .singletonOrThrow();
    }

    private static Linear linear() {
        return Linear.builder().setUnits(8).build();
    }

    private static final class Copied extends Linear {
        Copied() {
            super(Linear.builder().setUnits(8));
        }
    }

    private static class Tower extends Plain {
        private final Linear stem;

        Tower(Linear stem) {
            this.stem = addChildBlock("stem", stem);
        }

        Linear stem() {
            return stem;
        }
    }

    private static final class Typed extends Plain {
        @SuppressWarnings("unused")
        private final List<? extends Linear> layers;

        Typed(Linear child) {
            layers = new ArrayList<>(List.of(addChildBlock("child", child)));
        }
    }

    private static final class Everywhere extends Plain {
        private Object field;
        private final List<Block> list = new ArrayList<>();
        private final Map<String, Block> map = new LinkedHashMap<>();
        private final Block[] array;
        private final PairList<String, Block> pairs = new PairList<>();
        private final Part part = new Part();

        Everywhere(Linear child) {
            field = addChildBlock("child", child);
            list.add(child);
            map.put("child", child);
            array = new Block[] {child};
            pairs.add("child", child);
            part.block = child;
        }

        List<Object> holders() {
            return List.of(field, list.get(0), map.get("child"), array[0], pairs.valueAt(0), part.block);
        }
    }

    private static final class Part {
        private Block block;
    }

    private static final class Static extends Plain {
        static final Linear LINEAR = linear();

        Static() {
            addChildBlock("child", LINEAR);
        }
    }

    private record Heads(Linear q) {}

    private static final class Holder extends Plain {
        @SuppressWarnings("unused")
        private final Object held;

        Holder(Linear child, Object held) {
            addChildBlock("child", child);
            this.held = held;
        }
    }

    private static class Plain extends AbstractBlock {
        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return inputs;
        }
    }
}
