package io.graft.djl.modified;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.graft.djl.array.BaseArray;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A file of parameters: the wrapped block's, with what the parametrizations own at its end, the order of the state dict, and what is trained. */
record SavedParameters(Block base, Map<String, Parameter> owned, Collection<ParametrizationStack> stacks) {
    void save(DataOutputStream out) throws IOException {
        BaseArray.withoutAbsent(base.getParameters().values(), () -> base.saveParameters(out));
        for (Parameter parameter : owned.values()) {
            parameter.save(out);
        }
        TrainableFlags.save(all(), out);
    }

    /**
     * Takes them over.
     *
     * @param to where those of the wrapped block go
     * @param manager where those go that are owned
     */
    void load(NDManager to, NDManager manager, DataInputStream in) throws IOException, MalformedModelException {
        loadBase(to, in);
        loadOwned(manager, in);
        TrainableFlags.load(all(), in);
        // An array that was read has no gradient yet, whatever its parameter is to have.
        all().stream()
                .filter(Parameter::requiresGradient)
                .forEach(parameter -> parameter.getArray().setRequiresGradient(true));
    }

    private void loadBase(NDManager to, DataInputStream in) throws IOException, MalformedModelException {
        List<Parameter> absent = base.getParameters().values().stream()
                .filter(BaseArray::isAbsent)
                .toList();
        base.loadParameters(to, in);
        List<Parameter> there = absent.stream()
                .filter(parameter -> !BaseArray.isAbsent(parameter))
                .toList();
        if (!there.isEmpty()) {
            there.forEach(BaseArray::giveUp);
            throw new MalformedModelException(
                    "the file has numbers for a weight that is quantized: load it before the model is quantized");
        }
    }

    /** What describes codes is no part of what their numbers are computed from, so that another description would change nothing. */
    private void loadOwned(NDManager manager, DataInputStream in) throws IOException, MalformedModelException {
        Set<Parameter> descriptions =
                stacks.stream().flatMap(stack -> stack.descriptions().stream()).collect(Collectors.toSet());
        for (Map.Entry<String, Parameter> entry : owned.entrySet()) {
            Parameter parameter = entry.getValue();
            Optional<ByteBuffer> description = descriptions.contains(parameter)
                    ? Optional.of(parameter.getArray().toByteBuffer())
                    : Optional.empty();
            parameter.load(manager, in);
            if (description.isPresent()
                    && !description.get().equals(parameter.getArray().toByteBuffer())) {
                throw new MalformedModelException("`" + entry.getKey()
                        + "` of the file is not that of the model, whose codes were made of other weights: quantize the"
                        + " weights that the file's codes were made of before it is loaded");
            }
        }
    }

    private List<Parameter> all() {
        List<Parameter> all = new ArrayList<>(base.getParameters().values());
        all.addAll(owned.values());
        return all;
    }
}
