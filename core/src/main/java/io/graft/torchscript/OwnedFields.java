package io.graft.torchscript;

import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import io.graft.model.DraftTensor;
import io.graft.model.parametrization.Owner;
import io.graft.model.parametrization.Sharing;
import io.graft.model.training.TensorKind;
import io.graft.tensor.LazyTensor;
import io.graft.torchscript.code.ClassEdit.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the objects of an archive get to compute parametrized tensors with. */
final class OwnedFields {
    /** What begins the name of the tensor that holds an adapter's weight. */
    private static final String SWITCH = "adapter_weight.";

    private final ScriptArchive archive;
    private final Placing placing;
    private final IdentityHashMap<Opaque, ObjectChange> changes = new IdentityHashMap<>();
    private final Map<String, TensorValue> described = new HashMap<>();
    private final Map<String, TensorValue> switches = new LinkedHashMap<>();
    private final IdentityHashMap<LazyTensor, String> names = new IdentityHashMap<>();
    private final List<String> stored = new ArrayList<>();

    /** Gives tensors their places in the archive. */
    interface Placing {
        /** Where nothing is written. */
        Placing NOWHERE = new Placing() {
            private final TensorValue value = ScriptEdit.nowhere("");

            @Override
            public TensorValue owned(DraftTensor tensor) {
                return value;
            }

            @Override
            public TensorValue stored(LazyTensor stored) {
                return value;
            }

            @Override
            public TensorValue weight(String name, double weight) {
                return value;
            }
        };

        /** Of a tensor that a parametrization owns. */
        TensorValue owned(DraftTensor tensor);

        /** Of one that lies somewhere. */
        TensorValue stored(LazyTensor value);

        /** Of the weight of an adapter. */
        TensorValue weight(String name, double weight);
    }

    OwnedFields(ScriptArchive archive, Placing placing) {
        this.archive = archive;
        this.placing = placing;
    }

    IdentityHashMap<Opaque, ObjectChange> changes() {
        return changes;
    }

    ObjectChange of(Opaque object) {
        return changes.computeIfAbsent(object, one -> new ObjectChange());
    }

    /** By adapter the name of the tensor that holds its weight. */
    Map<String, String> switches() {
        Map<String, String> named = new LinkedHashMap<>();
        switches.keySet().forEach(adapter -> named.put(adapter, SWITCH + adapter));
        return named;
    }

    /** The full names of tensors that lie somewhere. */
    List<String> stored() {
        return stored;
    }

    /** The full name of a tensor that lies somewhere. */
    String nameOf(LazyTensor value) {
        return names.get(value);
    }

    /** Gives an object the codes that stand where its tensor was. */
    void replace(ScriptTensor place, LazyTensor codes) {
        ObjectChange change = of(place.module());
        change.remove(place.field());
        change.add(place.field(), Kind.BUFFER, placing.stored(codes));
    }

    /**
     * Gives an object a tensor that a parametrization of its own owns; another name of a tied weight has no name for it.
     *
     * @param user what the parametrization stands on
     */
    void own(DraftTensor owned, DraftTensor user, Opaque object) {
        TensorValue value = described.computeIfAbsent(owned.name(), name -> placing.owned(owned));
        String field = field(owned);
        ObjectChange change = of(object);
        if (change.has(field)) {
            return;
        }
        boolean own = (prefix(user.name()) + field).equals(owned.name());
        change.add(field, own ? kind(owned) : Kind.ATTRIBUTE, value);
        if (!own && owned.owner().orElseThrow().sharing() == Sharing.ADAPTER) {
            ofRoot(owned.name(), kind(owned), value);
        }
    }

    /** A field that holds the weight of an adapter, which all of its layers have in common. */
    String weight(String adapter, double weight, Opaque object) {
        String field = SWITCH + adapter;
        TensorValue value = switches.computeIfAbsent(adapter, name -> placing.weight(field, weight));
        ofRoot(field, Kind.PARAMETER, value);
        ObjectChange change = of(object);
        if (!change.has(field)) {
            change.add(field, Kind.ATTRIBUTE, value);
        }
        return field;
    }

    private void ofRoot(String field, Kind kind, TensorValue value) {
        ObjectChange root = of(archive.root());
        if (!root.has(field)) {
            root.add(field, kind, value);
        }
    }

    /**
     * A field that holds a tensor that lies somewhere.
     *
     * @param method that reads it
     */
    String stored(LazyTensor value, String method, ScriptTensor place) {
        String known = names.get(value);
        String prefix = prefix(place.name());
        if (known != null && known.startsWith(prefix) && of(place.module()).has(known.substring(prefix.length()))) {
            return known.substring(prefix.length());
        }
        int number = 0;
        while (of(place.module()).has(method + "_stored_" + number)) {
            number++;
        }
        String field = method + "_stored_" + number;
        of(place.module()).add(field, Kind.BUFFER, placing.stored(value));
        names.put(value, prefix + field);
        stored.add(prefix + field);
        return field;
    }

    private static Kind kind(DraftTensor owned) {
        return owned.kind() == TensorKind.BUFFER ? Kind.BUFFER : Kind.PARAMETER;
    }

    /** What the object of a parametrized tensor calls a tensor that a parametrization owns. */
    static String field(DraftTensor owned) {
        Owner owner = owned.owner().orElseThrow();
        return owner.sharing() == Sharing.ADAPTER
                ? owned.name()
                : owned.name().substring(prefix(owner.tensor()).length());
    }

    private static String prefix(String name) {
        return name.substring(0, name.lastIndexOf('.') + 1);
    }
}
