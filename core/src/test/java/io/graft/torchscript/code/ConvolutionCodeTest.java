package io.graft.torchscript.code;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ConvolutionCodeTest {
    private static OptionalInt groups(String... lines) {
        return groupsOf("x: Tensor", lines);
    }

    private static OptionalInt groupsOf(String arguments, String... lines) {
        String text = "class Conv(Module):\n  __parameters__ = [\"weight\", ]\n  __buffers__ = []\n"
                + "  def forward(self: __torch__.Conv,\n    " + arguments + ") -> Tensor:\n    "
                + String.join("\n    ", lines) + "\n";
        return ConvolutionCode.groups(ClassText.find(text, "Conv").orElseThrow());
    }

    @Test
    void tracedCodeSaysIt() {
        assertEquals(
                OptionalInt.of(2),
                groups(
                        "weight = self.weight",
                        "_0 = torch._convolution(x, weight, None, [1, 1], [0, 0], [1, 1], False, [0, 0], 2, False, True)",
                        "return _0"));
        assertEquals(
                OptionalInt.of(64),
                groups("return torch.convolution(x, self.weight, None, [1], [0], [1], False, [0], 64)"));
    }

    @Test
    void scriptedCodeSaysItOrLeavesOneOut() {
        assertEquals(
                OptionalInt.of(4),
                groupsOf(
                        "x: Tensor,\n    weight: Tensor",
                        "return torch.conv2d(x, weight, None, [1, 1], \"same\", [1, 1], 4)"));
        assertEquals(OptionalInt.of(1), groups("return torch.conv1d(x, self.weight, None, [1], [0], [1])"));
        assertEquals(OptionalInt.of(1), groups("return torch.conv3d(torch.pad(x, [1, 1]), self.weight)"));
    }

    @Test
    void convolutionsThatAgreeTellOneNumber() {
        String two = "torch.conv1d(x, self.weight, None, [1], [0], [1], 2)";
        assertEquals(OptionalInt.of(2), groups("return torch.add(" + two + ", " + two + ")"));
        assertEquals(OptionalInt.empty(), groups("return torch.add(" + two + ", torch.conv1d(x, self.weight))"));
    }

    @Test
    void whatIsNoNumberTellsNothing() {
        assertEquals(OptionalInt.empty(), groups("return torch.conv1d(x, self.weight, None, [1], [0], [1], n)"));
        assertEquals(
                OptionalInt.empty(),
                groups("return torch._convolution(x, self.weight, None, [1], [0], [1], False, [0], n, False)"));
    }

    @Test
    void transposedOnesAreNotMeant() {
        assertEquals(
                OptionalInt.empty(),
                groups("return torch._convolution(x, self.weight, None, [1], [0], [1], True, [0], 2, False)"));
        assertEquals(
                OptionalInt.empty(), groups("return torch.conv_transpose1d(x, self.weight, None, [1], [0], [0], 2)"));
    }

    @Test
    void weightsOfOthersAreNotMeant() {
        assertEquals(
                OptionalInt.empty(),
                groups("weight = self.other.weight", "return torch.conv1d(x, weight, None, [1], [0], [1], 2)"));
        assertEquals(OptionalInt.empty(), groups("return torch.linear(x, self.weight)"));
    }
}
