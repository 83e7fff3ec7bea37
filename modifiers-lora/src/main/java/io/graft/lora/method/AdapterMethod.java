package io.graft.lora.method;

import io.graft.lora.dialect.AdapterSettings;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.tensor.expression.Expression;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A method of adapting weights, in one class, found with {@link java.util.ServiceLoader}: what it owns for a tensor, and what the tensor
 * then is. From that, adapters of it are put on models, trained, switched, saved as PEFT does, loaded, and merged.
 */
public interface AdapterMethod {
    /** PEFT's word for it, the {@code peft_type} of its files: {@code IA3}. */
    String peftType();

    /**
     * The keys of PEFT's configuration that are its own, each with what it is if nobody says; {@code List.of()} for nothing. Those that
     * all methods have ({@code target_modules}, {@code modules_to_save}) are known without it.
     */
    Map<String, Object> settings();

    /** What PEFT calls its tensors, at the end of their keys: {@code ia3_l}. They are the slots of what it owns. */
    Set<String> slots();

    /**
     * What of settings has no meaning, or cannot be done; a clause that goes on after {@code the method}. Empty if all of it can.
     *
     * @throws io.graft.checkpoint.CheckpointException if a value is of another type
     */
    default Optional<String> refusal(AdapterSettings settings) {
        return Optional.empty();
    }

    /** Why it cannot adapt a weight, a clause that goes on after the module's name; empty if it can. */
    Optional<String> refusal(AdaptedTensor weight);

    /** Whether it adapts the bias of a layer, too. */
    default boolean isForBias(AdaptedTensor weight) {
        return false;
    }

    /**
     * What it owns for a tensor, as a new adapter has it. Files have the same tensors: of one that is shared by all and never trained, they
     * may lack it.
     */
    List<OwnedTensor> start(AdaptedTensor tensor);

    /**
     * What the tensor is.
     *
     * @param owned leaves that stand for what it owns, by slot
     */
    Form form(AdaptedTensor tensor, Expression.Below below, Map<String, Expression.Owned> owned);
}
