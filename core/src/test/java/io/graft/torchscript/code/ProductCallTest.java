package io.graft.torchscript.code;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProductCallTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "return torch.linear(x, w, bias) | LINEAR | ''",
                "y = torch.relu(torch.linear(x, w)) | LINEAR | ''",
                "y = torch.addmm(bias, torch.view(x, [-1, int(_4)]), w) | MATMUL | ''",
                "y = torch.matmul(x, w) | MATMUL | ''",
                "y = torch.matmul(x, torch.t(w)) | LINEAR | ''",
                "y = torch.addmm(b, x, torch.transpose(w, 0, 1)) | LINEAR | ''",
                "y = torch.embedding(w, ids) | EMBEDDING | -1",
                "y = torch.embedding(w, ids, 0) | EMBEDDING | 0",
                "y = f(ids, w, 3, None, 2., False, False, ) | EMBEDDING | 3",
                "y = f(ids, w, None, None, 2., False, False, ) | EMBEDDING | -1"
            })
    void whatIsMadeOfAnInputAndAWeightIsKnown(String line, Product.Kind kind, String padding) {
        assertEquals(
                Optional.of(new Product(kind, padding)),
                ProductCall.of(body("f = __torch__.torch.nn.functional.embedding", line), "w")
                        .map(ProductCall::product));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "y = torch.linear(w, x)",
                "y = torch.addmm(w, x, z)",
                "y = torch.addmm(bias, x, w, beta=1, alpha=2)",
                "y = torch.bilinear(x, w)",
                "y = torch.linear(w, w)",
                "y = f(ids, w, None, 1., 2., False, False, )",
                "y = torch.embedding(w, ids, padding)",
                "y = torch.linear(torch.t(w), x)",
                "y = [x, w]"
            })
    void anythingElseIsNone(String line) {
        assertEquals(Optional.empty(), ProductCall.of(body(line), "w"));
    }

    @Test
    void aTransposedWeightMayHaveANameOfItsOwn() {
        List<String> body = body("t = torch.t(w)", "return torch.matmul(x, t)");
        assertEquals(
                Optional.of(Product.Kind.LINEAR),
                ProductCall.of(body, "w").map(call -> call.product().kind()));
    }

    @Test
    void whatTheCallGivesIsHandedOnWithItsInput() {
        List<String> body = body("y = torch.relu(torch.linear(x, w, bias))");
        ProductCall.of(body, "w").orElseThrow().wrap(body, "(self).graft_beside");
        assertEquals(
                List.of(
                        "    w = self.weight",
                        "    y = torch.relu((self).graft_beside(torch.linear(x, w, bias), x, ))"),
                body);
    }

    @Test
    void anInputThatIsComputedIsComputedOnce() {
        List<String> body = body("y = torch.addmm(bias, torch.dropout(x, 0.1, True), w)");
        ProductCall.of(body, "w").orElseThrow().wrap(body, "(fc).graft_beside");
        assertEquals(
                List.of(
                        "    w = self.weight",
                        "    graft_input_1 = torch.dropout(x, 0.1, True)",
                        "    y = (fc).graft_beside(torch.addmm(bias, graft_input_1, w), graft_input_1, )"),
                body);
    }

    @Test
    void aFunctionOfLinearLayersIsOne() {
        assertEquals(
                Optional.of(Product.Kind.LINEAR),
                ProductCall.of(body("f = __torch__.torch.nn.functional.linear", "return f(x, w, bias, )"), "w")
                        .map(call -> call.product().kind()));
        assertEquals(
                Optional.empty(), ProductCall.of(body("f = __torch__.other.linear", "return f(x, w, None, )"), "w"));
    }

    @Test
    void aWeightIsReadWhereItIsUsed() {
        assertEquals(
                Optional.of(Product.Kind.LINEAR),
                ProductCall.of(List.of("    return torch.linear(x, self.weight, bias)"), "self.weight")
                        .map(call -> call.product().kind()));
        assertEquals(
                Optional.empty(),
                ProductCall.of(
                        List.of("    return torch.mul(torch.linear(x, self.weight), self.weight)"), "self.weight"));
    }

    /** A branch may have set it to something else. */
    @Test
    void aVariableThatIsSetTwiceIsNoWeight() {
        assertEquals(Optional.empty(), ProductCall.of(body("w = x", "return torch.linear(x, w)"), "w"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "return torch.linear(x, w, bias) | return (self).graft_product(x, bias, )",
                "y = torch.relu(torch.linear(f(x), w)) | y = torch.relu((self).graft_product(f(x), None, ))",
                "y = torch.matmul(x, torch.t(w)) | y = (self).graft_product(x, None, )",
                "y = torch.addmm(b, x, torch.transpose(w, 0, 1)) | y = (self).graft_product(x, b, )"
            })
    void aProductTakesThePlaceOfTheCall(String line, String replaced) {
        List<String> body = body(line);
        ProductCall.replace(body, "w", "(self).graft_product");
        assertEquals(List.of("    " + replaced), body);
    }

    @Test
    void nobodySetsWhatNobodyUses() {
        List<String> body = body("t = torch.t(w)", "return torch.mm(x, t)");
        ProductCall.replace(body, "w", "(self).graft_product");
        assertEquals(List.of("    return (self).graft_product(x, None, )"), body);
    }

    private static List<String> body(String... lines) {
        List<String> body = new ArrayList<>(List.of("    w = self.weight"));
        for (String line : lines) {
            body.add("    " + line);
        }
        return body;
    }
}
