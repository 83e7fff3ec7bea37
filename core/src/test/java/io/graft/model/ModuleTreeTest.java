package io.graft.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.graft.model.training.TensorKind;
import io.graft.model.tree.ModuleSpec;
import io.graft.model.tree.ModuleTree;
import io.graft.model.tree.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ModuleTreeTest {
    /** A block as its target describes it: PyTorch's names, and DJL's as aliases. */
    private static ModuleTree block() {
        List<ModuleSpec> modules = List.of(
                new ModuleSpec("", "Net", Set.of()),
                new ModuleSpec("encoder", "Linear", Set.of("01encoder", "0")),
                new ModuleSpec("act", "LambdaBlock", Set.of("02act", "1")),
                new ModuleSpec("norm", "BatchNorm", Set.of("03norm", "2")));
        List<DraftTensor> tensors = List.of(
                Drafts.parameter("encoder.weight"),
                DraftTensor.initial(
                        "norm.weight",
                        Set.of("gamma"),
                        TensorKind.PARAMETER,
                        true,
                        Drafts.parameter("g").base()));
        return treeOf(modules, tensors);
    }

    @Test
    void findsATensorByEverySpellingOfEverySegment() {
        ModuleTree tree = block();
        for (String path : List.of("norm.weight", "norm.gamma", "03norm.weight", "03norm.gamma", "2.gamma")) {
            assertEquals(Optional.of("norm.weight"), tree.findTensor(path), path);
        }
        assertEquals(Optional.empty(), tree.findTensor("norm"));
        assertEquals(Optional.empty(), tree.findTensor("norm.beta"));
        assertEquals(Optional.empty(), tree.findTensor("norm.weight.gamma"));
    }

    /** Section 4 of the field reports. */
    @Test
    void findsATensorByDjlsOwnKey() {
        ModuleTree tree = block();
        for (String key : List.of("03norm_gamma", "03norm_weight")) {
            assertEquals(Optional.of("norm.weight"), tree.findTensor(key), key);
            assertEquals(
                    List.of("norm.weight"), Selector.parse(key).select(tree).tensors(), key);
        }
        assertEquals(Optional.of("encoder.weight"), tree.findTensor("01encoder_weight"));
        assertEquals(Optional.empty(), tree.findTensor("01encoder_gamma"));
        assertEquals(Optional.empty(), ModuleTree.ofNames(List.of("a.b")).findTensor("a_b"));
        List<ModuleSpec> modules = List.of(
                new ModuleSpec("", "Net", Set.of()),
                new ModuleSpec("a", "Block", Set.of()),
                new ModuleSpec("a.b_c", "Linear", Set.of()),
                new ModuleSpec("a_b", "Block", Set.of()),
                new ModuleSpec("a_b.d", "Linear", Set.of()));
        ModuleTree underscores = treeOf(
                modules,
                List.of(Drafts.parameter("a.b_c.w"), Drafts.parameter("a_b.c.w"), Drafts.parameter("a_b.d.w")));
        assertEquals(Optional.of("a_b.d.w"), underscores.findTensor("a_b_d_w"));
        assertEquals(Optional.empty(), underscores.findTensor("a_b_c_w"));
    }

    @Test
    void findsDeclaredAndImpliedModules() {
        ModuleTree tree = block();
        assertEquals(Optional.of("act"), tree.findModule("02act"));
        assertEquals(Optional.of(""), tree.findModule(""));
        assertEquals(Optional.empty(), tree.findModule("norm.weight"));
        assertEquals(Optional.of("a.b"), ModuleTree.ofNames(List.of("a.b.c")).findModule("a.b"));
    }

    @Test
    void knowsTheTypeThatTheTargetDeclared() {
        assertEquals("Linear", block().moduleType("01encoder"));
        assertEquals("", ModuleTree.ofNames(List.of("a.b")).moduleType("a"));
        assertEquals("", block().moduleType("nope"));
    }

    @Test
    void aCanonicalNameGoesBeforeAnAlias() {
        List<ModuleSpec> modules =
                List.of(new ModuleSpec("a", "", Set.of("b")), new ModuleSpec("b", "", Set.of("01b")));
        assertEquals(Optional.of("b"), treeOf(modules, List.of()).findModule("b"));
    }

    @Test
    void anAliasOfTwoSiblingsMeansNeither() {
        List<ModuleSpec> modules = List.of(
                new ModuleSpec("a", "", Set.of("Linear")),
                new ModuleSpec("b", "", Set.of("Linear")),
                new ModuleSpec("c", "", Set.of("Linear")),
                new ModuleSpec("d.a", "", Set.of("Linear")));
        ModuleTree tree = treeOf(modules, List.of());
        assertEquals(Optional.empty(), tree.findModule("Linear"));
        assertEquals(Optional.of("d.a"), tree.findModule("d.Linear"));
        assertEquals(List.of("d.a"), Selector.parse("*.Linea*").select(tree).modules());
        assertEquals(List.of(), Selector.parse("Linea*").select(tree).modules());
    }

    @Test
    void whatIsTensorAndModuleIsSpeltAsEither() {
        DraftTensor tensor = DraftTensor.initial(
                "a",
                Set.of("0"),
                TensorKind.PARAMETER,
                true,
                Drafts.parameter("g").base());
        ModuleTree tree =
                treeOf(List.of(new ModuleSpec("a", "", Set.of("0", "00a"))), List.of(tensor, Drafts.parameter("a.b")));
        assertEquals(Optional.of("a"), tree.findTensor("0"));
        assertEquals(Optional.of("a.b"), tree.findTensor("0.b"));
    }

    @Test
    void aNameMayBeBothTensorAndModule() {
        ModuleTree tree = ModuleTree.ofNames(List.of("a", "a.b"));
        assertEquals(Optional.of("a"), tree.findTensor("a"));
        assertEquals(Optional.of("a"), tree.findModule("a"));
        assertEquals(List.of("a", "a.b"), Selector.parse("a").select(tree).tensors());
    }

    @Test
    @Tag("slow")
    void lookUpsInALargeModelAreCheap() {
        List<String> names = new ArrayList<>();
        for (int layer = 0; layer < 20_000; layer++) {
            names.add("processor.layers." + layer + ".attention.query.weight");
        }
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            ModuleTree tree = ModuleTree.ofNames(names);
            for (String name : names) {
                assertEquals(Optional.of(name), tree.findTensor(name));
                assertEquals(List.of(name), Selector.parse(name).select(tree).tensors());
            }
            assertEquals(
                    names, Selector.parse("**.layers.**.query.**").select(tree).tensors());
        });
    }

    @Test
    void deepNamesOverflowNothing() {
        String deep = "a.".repeat(100_000) + "b";
        ModuleTree tree = ModuleTree.ofNames(List.of(deep));
        assertEquals(Optional.of(deep), tree.findTensor(deep));
        assertEquals(List.of(deep), Selector.parse("a").select(tree).tensors());
    }

    @Test
    void nearestNamesHaveTheSameSegmentsOrAreAFewLettersAway() {
        ModuleTree tree = ModuleTree.ofNames(List.of(
                "encoder.data.weight", "decoder.data.weight", "processor.0.query.weight", "processor.1.query.weight"));
        assertEquals(List.of("encoder.data", "decoder.data"), tree.nearest("data"));
        assertEquals(List.of("encoder.data"), tree.nearest("encoder.net.data"));
        assertEquals(List.of("processor.0.query", "processor.1.query"), tree.nearest("processor.query"));
        assertEquals(List.of("encoder"), tree.nearest("encodre"));
        assertEquals(List.of("processor.0.query", "processor.1.query"), tree.nearest("processor.0.qeury"));
        assertEquals(List.of(), tree.nearest("head"));
    }

    @Test
    void ofNearestNamesTheOneWithFewestOtherSegmentsComesFirst() {
        ModuleTree tree = ModuleTree.ofNames(List.of("a.b.c.data.w", "data.x.data.w", "a.data.w"));
        assertEquals(List.of("data", "a.data", "data.x.data"), tree.nearest("data"));
        assertEquals(List.of("a.data", "data"), tree.nearest("a.x.data"));
    }

    private static ModuleTree treeOf(List<ModuleSpec> modules, List<DraftTensor> tensors) {
        return ModuleTree.of(modules, tensors, DraftTensor::name, DraftTensor::aliases);
    }
}
