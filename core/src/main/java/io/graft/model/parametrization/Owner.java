package io.graft.model.parametrization;

import io.graft.model.tree.DottedPath;

/**
 * Whose a tensor of the state dict is that a parametrization owns.
 *
 * @param tensor the parametrized tensor; the first one, where several share it
 * @param adapter the adapter; empty for a storage
 * @param slot the parametrization's name for it
 * @param sharing which weights have it in common
 * @param stem of a storage, the last name that the tensor had when it was parametrized. Slots that begin with it follow the tensor's
 *     name: {@code weight_scale} becomes {@code kernel_scale} with it. Empty for an adapter
 */
public record Owner(String tensor, String adapter, String slot, Sharing sharing, String stem) {
    private static final String WEIGHT = "weight";

    /** Of a tensor that has its name still. */
    public Owner(String tensor, String adapter, String slot, Sharing sharing) {
        this(tensor, adapter, slot, sharing, adapter.isEmpty() ? DottedPath.last(tensor) : "");
    }

    /** Whether it is saved in the model's file, rather than in one of the adapter's own. */
    public boolean isStorage() {
        return adapter.isEmpty();
    }

    /** The name in the state dict. */
    public String name() {
        int last = tensor.lastIndexOf('.') + 1;
        // One text for each of what may be a hundred thousand tensors, and none on the way to it.
        StringBuilder name = new StringBuilder(tensor.length() + slot.length() + adapter.length() + 2);
        name.append(tensor, 0, sharing == Sharing.ADAPTER ? 0 : last);
        if (isStorage()) {
            return (followsStem()
                            ? name.append(tensor, last, tensor.length()).append(slot, stem.length(), slot.length())
                            : name.append(slot))
                    .toString();
        }
        name.append(slot);
        boolean isWeight = tensor.endsWith(WEIGHT) && tensor.length() == last + WEIGHT.length();
        if (sharing == Sharing.TENSOR && !isWeight) {
            name.append('.').append(tensor, last, tensor.length());
        }
        return name.append('.').append(adapter).toString();
    }

    private boolean followsStem() {
        return slot.startsWith(stem)
                && (slot.length() == stem.length() || "._".indexOf(slot.charAt(stem.length())) >= 0);
    }

    /** The same where the tensor has another name. */
    public Owner of(String renamed) {
        return new Owner(renamed, adapter, slot, sharing, stem);
    }
}
