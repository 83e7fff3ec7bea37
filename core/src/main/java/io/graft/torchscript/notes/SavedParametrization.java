package io.graft.torchscript.notes;

import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.parametrization.Role;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A parametrization that an archive tells of. It is the same as another one if they are told in the same way, whatever their values. */
final class SavedParametrization implements Parametrization {
    private final ScriptNotes.Entry entry;
    private final List<OwnedTensor> owned;
    private final Map<String, LazyTensor> tensors;

    /**
     * @param tensors those of the archive
     */
    SavedParametrization(ScriptNotes.Entry entry, List<OwnedTensor> owned, Map<String, LazyTensor> tensors) {
        this.entry = entry;
        this.owned = List.copyOf(owned);
        this.tensors = tensors;
    }

    @Override
    public String id() {
        return entry.id();
    }

    @Override
    public String description() {
        return entry.description();
    }

    @Override
    public Role role() {
        return entry.adapter().isEmpty() ? Role.STORAGE : Role.ADAPTER;
    }

    @Override
    public Map<String, String> remarks() {
        return entry.remarks();
    }

    @Override
    public List<OwnedTensor> owned() {
        return owned;
    }

    @Override
    public Form form(Expression.Below below) {
        return entry.form().form(below, name -> Optional.ofNullable(tensors.get(name)));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SavedParametrization same && same.entry.equals(entry);
    }

    @Override
    public int hashCode() {
        return entry.hashCode();
    }
}
