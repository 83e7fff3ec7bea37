package io.graft.models.parts;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Activation;
import io.graft.djl.array.EngineNumbers;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/** An activation function, under the names that transformers has for it. */
public enum Act {
    /** x Φ(x), where Φ is the distribution function of the normal distribution: x/2 (1 + erf(x/√2)). */
    GELU(Activation::gelu, "gelu"),
    /** The approximation of GELU by tanh: x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))). */
    GELU_TANH(Act::geluTanh, "gelu_new", "gelu_pytorch_tanh"),
    /** max(0, x). */
    RELU(Activation::relu, "relu"),
    /** x σ(x). */
    SILU(x -> x.mul(Activation.sigmoid(x)), "silu", "swish"),
    /** tanh(x). */
    TANH(Activation::tanh, "tanh"),
    /** x, where a layer has no activation; no configuration asks for it. */
    NONE(x -> x);

    private final UnaryOperator<NDArray> function;
    private final String[] spellings;

    Act(UnaryOperator<NDArray> function, String... spellings) {
        this.function = function;
        this.spellings = spellings;
    }

    public static String[] names() {
        return Arrays.stream(values())
                .flatMap(act -> Arrays.stream(act.spellings))
                .toArray(String[]::new);
    }

    public static Act named(String name) {
        return Arrays.stream(values())
                .filter(act -> Arrays.asList(act.spellings).contains(name))
                .findFirst()
                .orElseThrow();
    }

    public NDArray of(NDArray x) {
        return function.apply(x);
    }

    private static NDArray geluTanh(NDArray x) {
        try (NDManager scope = x.getManager().newSubManager()) {
            x.tempAttach(scope);
            NDArray cubic = EngineNumbers.times(x.mul(x).mul(x), 0.044715).add(x);
            NDArray tanh = EngineNumbers.times(cubic, Math.sqrt(2 / Math.PI)).tanh();
            return scope.ret(EngineNumbers.times(x, 0.5).mul(tanh.add(1)));
        }
    }
}
