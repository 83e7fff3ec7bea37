package io.graft.lora.method.builtin;

import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.slice;
import static io.graft.tensor.expression.Expressions.transpose;

import com.google.auto.service.AutoService;
import io.graft.layer.LayerKind;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.lora.method.AdaptedTensor;
import io.graft.lora.method.AdapterMethod;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Sharing;
import io.graft.model.training.TensorKind;
import io.graft.model.training.Trainability;
import io.graft.tensor.Initializer;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.LazyTensors.Output;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * VeRA: a weight plus {@code diag(b) B diag(d) A}, with random matrices {@code A} and {@code B} that all layers share and that are never
 * trained; each layer takes as much of them as it is wide.
 *
 * @see <a href="https://arxiv.org/abs/2310.11454">VeRA: Vector-based Random Matrix Adaptation</a>
 */
@AutoService(AdapterMethod.class)
public final class Vera implements AdapterMethod {
    private static final String B = "vera_lambda_b";
    private static final String D = "vera_lambda_d";
    private static final String SHARED_A = "vera_A";
    private static final String SHARED_B = "vera_B";
    private static final Initializer ZEROS = Initializer.of(Initializer.Kind.ZEROS);

    /** As {@link java.util.ServiceLoader} makes it. */
    public Vera() {}

    @Override
    public String peftType() {
        return "VERA";
    }

    @Override
    public Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("r", 256L);
        settings.put("projection_prng_key", 0L);
        settings.put("save_projection", true);
        settings.put("vera_dropout", 0.0);
        settings.put("d_initial", 0.1);
        settings.put("init_weights", true);
        settings.put("bias", "none");
        return settings;
    }

    @Override
    public Set<String> slots() {
        return Set.of(B, D, SHARED_A, SHARED_B);
    }

    @Override
    public Optional<String> refusal(AdapterSettings settings) {
        settings.positive("r");
        settings.flag("save_projection");
        settings.flag("init_weights");
        settings.number("d_initial");
        double dropout = settings.number("vera_dropout");
        if (!(dropout >= 0 && dropout < 1)) {
            return Optional.of("takes a `vera_dropout` from 0 to less than 1, not " + AdapterSettings.plain(dropout));
        }
        if (!(settings.get("projection_prng_key") instanceof Long)) {
            return Optional.of("draws its matrices from `projection_prng_key`, a whole number");
        }
        return "none".equals(settings.get("bias"))
                ? Optional.empty()
                : Optional.of("trains biases as `modules_to_save` alone here, not by `bias`");
    }

    @Override
    public Optional<String> refusal(AdaptedTensor weight) {
        return weight.kind() == LayerKind.LINEAR || weight.kind() == LayerKind.TRANSPOSED
                ? Optional.empty()
                : Optional.of("is no linear layer, as VeRA needs");
    }

    @Override
    public List<OwnedTensor> start(AdaptedTensor tensor) {
        long rank = tensor.rank();
        boolean isUsual = tensor.settings().flag("init_weights");
        Initializer normal = new Initializer(Initializer.Kind.NORMAL, 1);
        Initializer same =
                new Initializer(Initializer.Kind.CONSTANT, tensor.settings().number("d_initial"));
        List<OwnedTensor> shared = shared(tensor);
        return List.of(
                tensor.trained(
                        B,
                        Sharing.TENSOR,
                        isUsual ? ZEROS : Initializer.of(Initializer.Kind.ONES),
                        Shape.of(tensor.outputs())),
                tensor.trained(D, Sharing.TENSOR, isUsual ? same : normal, Shape.of(rank)),
                shared.get(0),
                shared.get(1));
    }

    /** As PyTorch draws the two, one after the other, from the key. */
    private static List<OwnedTensor> shared(AdaptedTensor tensor) {
        long rank = tensor.rank();
        long key = (Long) tensor.settings().get("projection_prng_key");
        Shape a = Shape.of(rank, tensor.widest().inputs());
        Shape b = Shape.of(tensor.widest().outputs(), rank);
        String operation = "random, key " + key;
        var drawn = LazyTensors.joint(
                List.of(),
                List.of(new Output(operation, tensor.dtype(), a), new Output(operation, tensor.dtype(), b)),
                () -> {
                    TorchRandom random = new TorchRandom(key);
                    return List.of(random.kaimingUniform(a, tensor.dtype()), random.kaimingUniform(b, tensor.dtype()));
                });
        return List.of(
                new OwnedTensor(SHARED_A, TensorKind.BUFFER, Trainability.never(), Sharing.ADAPTER, drawn.get(0)),
                new OwnedTensor(SHARED_B, TensorKind.BUFFER, Trainability.never(), Sharing.ADAPTER, drawn.get(1)));
    }

    @Override
    public Form form(AdaptedTensor tensor, Expression.Below below, Map<String, Expression.Owned> owned) {
        Expression a = multiply(
                reshape(owned.get(D), Shape.of(tensor.rank(), 1)), slice(owned.get(SHARED_A), 1, 0, tensor.inputs()));
        Expression b = multiply(
                reshape(owned.get(B), Shape.of(tensor.outputs(), 1)),
                slice(owned.get(SHARED_B), 0, 0, tensor.outputs()));
        double dropout = tensor.settings().number("vera_dropout");
        return tensor.isTransposed()
                ? new Form.LowRank(below, transpose(a), transpose(b), 1, dropout)
                : new Form.LowRank(below, b, a, 1, dropout);
    }
}
