package io.graft.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which names of a state dict stand for one tensor, as long as none of them is renamed, removed or parted from the others. */
public final class Ties {
    private final Map<String, Group> groups;

    /**
     * @param names at least one, in the order of the state dict
     * @param listed the first that the model's file has
     */
    private record Group(List<String> names, Optional<String> listed) {
        static final Group EMPTY = new Group(List.of(), Optional.empty());

        Group with(String name, Tie tie) {
            List<String> all = new ArrayList<>(names);
            all.add(name);
            return new Group(all, listed.or(() -> tie.implied() ? Optional.empty() : Optional.of(name)));
        }

        String firstWritten() {
            return listed.orElse(names.get(0));
        }
    }

    private Ties(Map<String, Group> groups) {
        this.groups = groups;
    }

    /** The ties of a state dict. */
    public static Ties of(Collection<DraftTensor> tensors) {
        Map<String, Group> groups = new LinkedHashMap<>();
        for (DraftTensor tensor : tensors) {
            // No lambda for each of what may be hundreds of thousands of tensors, here and below.
            if (tensor.tie().isPresent()) {
                Tie tie = tensor.tie().get();
                Group group = groups.getOrDefault(tie.tensor(), Group.EMPTY);
                groups.put(tie.tensor(), group.with(tensor.name(), tie));
            }
        }
        return new Ties(groups);
    }

    /** Tensors of a target, those that have one storage tied; one tensor has one kind and is trained or not, as its first name says. */
    static List<DraftTensor> found(Collection<DraftTensor> tensors) {
        Map<Object, DraftTensor> firsts = new HashMap<>();
        Map<String, DraftTensor> tied = new HashMap<>();
        for (DraftTensor tensor : tensors) {
            tensor.base().storage().ifPresent(storage -> {
                DraftTensor first = firsts.putIfAbsent(storage, tensor);
                if (first != null) {
                    tied.put(first.name(), first.tiedTo(first));
                    tied.put(tensor.name(), tensor.tiedTo(first));
                }
            });
        }
        return tensors.stream()
                .map(tensor -> tied.getOrDefault(tensor.name(), tensor))
                .toList();
    }

    /** All names of each tensor that has several, in the order of the state dict. */
    public List<List<String>> groups() {
        return groups.values().stream()
                .map(Group::names)
                .filter(names -> names.size() > 1)
                .toList();
    }

    /** The other names of a tensor, in order. */
    public List<String> others(DraftTensor tensor) {
        return tensor.tie()
                .map(tie -> groups.get(tie.tensor()).names.stream()
                        .filter(name -> !name.equals(tensor.name()))
                        .toList())
                .orElse(List.of());
    }

    /** Whether this is the first name of the tensor, the one that counts. */
    public boolean counts(DraftTensor tensor) {
        return tensor.tie().isEmpty()
                || groups.get(tensor.tie().get().tensor()).names.get(0).equals(tensor.name());
    }

    /** The first name that the tensor is written under, if that comes before this one. */
    public Optional<String> writtenBefore(DraftTensor tensor) {
        return tensor.tie()
                .map(tie -> groups.get(tie.tensor()).firstWritten())
                .filter(first -> !first.equals(tensor.name()));
    }

    /** Whether the tensor is written under this name: not if the model's file does not list it and has another one for it. */
    public boolean isWritten(DraftTensor tensor) {
        return tensor.tie()
                .map(tie -> !tie.implied() || groups.get(tie.tensor()).listed.isEmpty())
                .orElse(true);
    }
}
