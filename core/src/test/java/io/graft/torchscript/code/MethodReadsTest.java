package io.graft.torchscript.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Modules are their paths here: that of the receiver is empty, and {@code fc} and {@code blocks.0.fc} are edited. */
class MethodReadsTest {
    private static final Set<String> MODULES = Set.of("fc", "blocks", "blocks.0", "blocks.0.fc", "other");

    private final MethodReads<String> reads = new MethodReads<>(
            (module, field) ->
                    Optional.of(module.isEmpty() ? field : module + "." + field).filter(MODULES::contains),
            (module, field) -> module.endsWith("fc"),
            Set.of("weight"));

    private static ClassText type(String... lines) {
        String text =
                "class Net(Module):\n  __parameters__ = []\n  __buffers__ = []\n  def forward(s: __torch__.Net,\n    x: Tensor) -> Tensor:\n    "
                        + String.join("\n    ", lines) + "\n";
        ClassText type = ClassText.find(text, "Net").orElseThrow();
        assertEquals(text, type.text());
        return type;
    }

    private String body(String... lines) {
        MethodText rewritten = reads.rewrite(
                type(lines).methods().get(0), "", "Net", (module, field) -> Replacement.whole("graft_weight"));
        return String.join("\n", rewritten.body().stream().map(String::strip).toList());
    }

    private List<WeightRead<String>> found(String... lines) {
        return reads.find(type(lines).methods().get(0), "", "Net");
    }

    /** Where fields stay what they are, it does not matter who else reads one of the name; who assigns it does. */
    @Test
    void readsOfNobodyKnowsWhatMayBePassedOver() {
        MethodReads<String> tolerant = new MethodReads<>(
                (module, field) -> Optional.of(field).filter("fc"::equals),
                (module, field) -> module.equals("fc"),
                Set.of("weight"),
                false);
        assertEquals(
                1,
                tolerant.find(
                                type("y = x.weight", "fc = s.fc", "z = fc.weight", "return z")
                                        .methods()
                                        .get(0),
                                "",
                                "Net")
                        .size());
        assertEquals(
                "`forward` of `Net` assigns `y.weight`, and its code does not tell of which module",
                assertThrows(
                                CodeRefusal.class,
                                () -> tolerant.find(
                                        type("y = f(x)", "y.weight = x", "return x")
                                                .methods()
                                                .get(0),
                                        "",
                                        "Net"))
                        .getMessage());
    }

    @Test
    void everyFormOfAReadIsReplaced() {
        assertEquals(
                """
                fc = s.fc
                weight = (fc).graft_weight()
                a = torch.add((s.fc).graft_weight(), 1)
                blocks = s.blocks
                _0 = getattr(blocks, "0")
                fc0 = _0.fc
                b = (fc0).graft_weight()
                c = (_0.fc).graft_weight()
                other = s.other
                d = other.weight
                return torch.linear(x, weight)""",
                body(
                        "fc = s.fc",
                        "weight = fc.weight",
                        "a = torch.add(s.fc.weight, 1)",
                        "blocks = s.blocks",
                        "_0 = getattr(blocks, \"0\")",
                        "fc0 = _0.fc",
                        "b = fc0.weight",
                        "c = _0.fc.weight",
                        "other = s.other",
                        "d = other.weight",
                        "return torch.linear(x, weight)"));
    }

    @Test
    void whatOnlyLooksLikeAReadStays() {
        String[] lines = {
            "fc = s.fc", "a = \"fc.weight is a text\"", "b = (fc).weight(x, )", "c = fc.weights", "return ops.fc.weight"
        };
        assertEquals(String.join("\n", lines), body(lines));
        assertEquals(List.of(), found(lines));
    }

    @Test
    void eachReadIsFoundWithWhatIsComputedWithIt() {
        assertEquals(
                List.of(
                        new WeightRead<>("fc", "weight", Optional.of(Product.of(Product.Kind.LINEAR))),
                        new WeightRead<>("fc", "weight", Optional.empty())),
                found(
                        "fc = s.fc",
                        "weight = fc.weight",
                        "y = torch.linear(x, weight)",
                        "weight0 = fc.weight",
                        "return torch.add(y, torch.sum(weight0))"));
    }

    @Test
    void aReadOfAModuleThatIsNotKnownIsRefused() {
        CodeRefusal refused =
                assertThrows(CodeRefusal.class, () -> body("which = torch.pick(x)", "return which.weight"));
        assertEquals(
                "`forward` of `Net` reads `which.weight`, and its code does not tell of which module",
                refused.getMessage());
    }

    @Test
    void anAssignmentIsRefused() {
        CodeRefusal refused = assertThrows(CodeRefusal.class, () -> body("fc = s.fc", "fc.weight = x", "return x"));
        assertEquals("`forward` of `Net` assigns `fc.weight`", refused.getMessage());
    }

    @Test
    void namesThatAreNoIdentifiersHaveAFormOfTheirOwn() {
        assertEquals("  lora_A : Tensor", FieldText.declaration("lora_A", "Tensor"));
        assertEquals(
                "  __annotations__[\"lora_A.default\"] = Tensor", FieldText.declaration("lora_A.default", "Tensor"));
        assertEquals("getattr(self, \"def\")", FieldText.read("self", "def"));
        assertEquals("\"a\\\"b\\\\\\303\\244\"", FieldText.quoted("a\"b\\ä"));
        assertEquals("graft_0_weight", FieldText.method("0.weight"));
    }

    @Test
    void aSignatureIsReadOverLines() {
        MethodText method = MethodText.parse(List.of(
                "  def forward(self: __torch__.Net,",
                "    x: Tensor,",
                "    masks: List[Tuple[Tensor, int]],",
                "    scale: Optional[Tensor]=None) -> Dict[str, Tensor]:",
                "    return {}"));
        assertEquals("self", method.receiver());
        assertEquals(
                List.of("self", "x", "masks", "scale"),
                method.parameters().stream().map(MethodText.Parameter::name).toList());
        assertEquals("List[Tuple[Tensor, int]]", method.parameters().get(2).type());
        assertTrue(method.parameters().get(3).optional());
        assertEquals(List.of("    return {}"), method.body());
    }
}
