package io.graft.model;

import io.graft.model.modules.ModuleSource;
import io.graft.model.training.TensorKind;
import io.graft.model.training.Trainability;
import io.graft.tensor.DType;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import java.util.List;

/**
 * One edit of the draft, in terms of canonical names at the time of the edit. A tensor that has several names has one for each of
 * them, the name that was given to the draft first.
 */
public sealed interface Change {
    /** The tensor or module that is edited, by its name before the edit. */
    String name();

    /** Whether the tensor has other values after the edit. */
    default boolean givesValues() {
        return false;
    }

    /** The change of what an optimizer does with a tensor. */
    static Change ofTraining(String name, Trainability trainability) {
        return trainability
                .schedule()
                .<Change>map(when -> new Scheduled(name, when))
                .orElseGet(() -> trainability.atStart() ? new Unfrozen(name) : new Frozen(name));
    }

    /** Calls the method for the case that this is. */
    <T> T on(Cases<T> cases);

    /** One method for each case. */
    interface Cases<T> {
        T assigned(Assigned change);

        T frozen(Frozen change);

        T unfrozen(Unfrozen change);

        T scheduled(Scheduled change);

        T renamed(Renamed change);

        T added(Added change);

        T removed(Removed change);

        T parted(Parted change);

        T cast(Cast change);

        T resized(Resized change);

        T parametrized(Parametrized change);

        T unparametrized(Unparametrized change);

        T activated(Activated change);

        T folded(Folded change);

        T requantized(Requantized change);

        T moduleReplaced(ModuleReplaced change);

        T moduleAdded(ModuleAdded change);

        T moduleRemoved(ModuleRemoved change);
    }

    /** The tensor got new values. */
    record Assigned(String name, TensorKind kind, Provenance provenance) implements Change {
        @Override
        public <T> T on(Cases<T> cases) {
            return cases.assigned(this);
        }

        @Override
        public boolean givesValues() {
            return true;
        }
    }

    /** The tensor is no longer trainable. */
    record Frozen(String name) implements Change {
        @Override
        public <T> T on(Cases<T> cases) {
            return cases.frozen(this);
        }
    }

    /** The tensor is trainable again. */
    record Unfrozen(String name) implements Change {
        @Override
        public <T> T on(Cases<T> cases) {
            return cases.unfrozen(this);
        }
    }

    /** The tensor is trained for a time. */
    record Scheduled(String name, Trainability.During when) implements Change {
        @Override
        public <T> T on(Cases<T> cases) {
            return cases.scheduled(this);
        }
    }

    /** The tensor has another name. */
    record Renamed(String name, String to) implements Change {
        @Override
        public <T> T on(Cases<T> cases) {
            return cases.renamed(this);
        }
    }

    /** A tensor that the model did not have. */
    record Added(String name, Provenance provenance) implements Change {
        @Override
        public <T> T on(Cases<T> cases) {
            return cases.added(this);
        }

        @Override
        public boolean givesValues() {
            return true;
        }
    }

    /** The tensor got values of another shape. */
    record Resized(String name, Shape from, Shape to, Provenance provenance) implements Change {
        @Override
        public <T> T on(Cases<T> cases) {
            return cases.resized(this);
        }

        @Override
        public boolean givesValues() {
            return true;
        }
    }

    /** The tensor is no longer part of the model. */
    record Removed(String name) implements Change {
        @Override
        public <T> T on(Cases<T> cases) {
            return cases.removed(this);
        }
    }

    /** The name is no longer another one of a tensor: it has a tensor of its own. */
    record Parted(String name, List<String> from) implements Change {
        public Parted {
            from = List.copyOf(from);
        }

        @Override
        public <T> T on(Cases<T> cases) {
            return cases.parted(this);
        }
    }

    /** Values are converted to another dtype. */
    record Cast(String name, DType from, DType to) implements Change {
        @Override
        public <T> T on(Cases<T> cases) {
            return cases.cast(this);
        }

        @Override
        public boolean givesValues() {
            return true;
        }
    }

    /**
     * The tensor is computed from other tensors.
     *
     * @param adapter empty for a storage
     * @param description what is done, in a few words; the parametrization's id, if there is no more to say
     */
    record Parametrized(String name, String adapter, String parametrization, String description) implements Change {
        /** One of which its id tells all. */
        public Parametrized(String name, String adapter, String parametrization) {
            this(name, adapter, parametrization, parametrization);
        }

        @Override
        public <T> T on(Cases<T> cases) {
            return cases.parametrized(this);
        }

        @Override
        public boolean givesValues() {
            return true;
        }
    }

    /** An adapter was taken off the tensor. */
    record Unparametrized(String name, String adapter, String parametrization) implements Change {
        @Override
        public <T> T on(Cases<T> cases) {
            return cases.unparametrized(this);
        }

        @Override
        public boolean givesValues() {
            return true;
        }
    }

    /**
     * An adapter on the tensor counts more or less than before.
     *
     * @param weight 0 if it is no longer active
     */
    record Activated(String name, String adapter, double weight) implements Change {
        @Override
        public <T> T on(Cases<T> cases) {
            return cases.activated(this);
        }

        @Override
        public boolean givesValues() {
            return true;
        }
    }

    /** What a parametrization computes became the tensor's own values. */
    record Folded(String name, String parametrization) implements Change {
        @Override
        public <T> T on(Cases<T> cases) {
            return cases.folded(this);
        }

        @Override
        public boolean givesValues() {
            return true;
        }
    }

    /**
     * What a parametrization computes became the tensor's own values, which are stored in codes as those before.
     *
     * @param storage what holds them
     * @param isUpdate whether it was added to those before; if not, it took their place
     */
    record Requantized(String name, String parametrization, String storage, boolean isUpdate) implements Change {
        @Override
        public <T> T on(Cases<T> cases) {
            return cases.requantized(this);
        }

        @Override
        public boolean givesValues() {
            return true;
        }
    }

    /**
     * A module stands in the place of another one. What becomes of the tensors is told by changes of their own.
     *
     * @param name the module's path
     * @param type of the module before, for people; empty if unknown
     */
    record ModuleReplaced(String name, String type, ModuleSource source) implements Change {
        @Override
        public <T> T on(Cases<T> cases) {
            return cases.moduleReplaced(this);
        }
    }

    /**
     * A module that the model did not have. Its tensors are told by changes of their own.
     *
     * @param name the module's path
     */
    record ModuleAdded(String name, ModuleSource source) implements Change {
        @Override
        public <T> T on(Cases<T> cases) {
            return cases.moduleAdded(this);
        }
    }

    /**
     * A module is no longer part of the model. What becomes of its tensors is told by changes of their own.
     *
     * @param name the module's path
     * @param type for people; empty if unknown
     */
    record ModuleRemoved(String name, String type) implements Change {
        @Override
        public <T> T on(Cases<T> cases) {
            return cases.moduleRemoved(this);
        }
    }
}
