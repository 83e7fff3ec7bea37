package io.graft.torchscript;

import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.torchscript.code.ClassText;
import io.graft.torchscript.code.CodeRefusal;
import io.graft.torchscript.code.MethodReads;
import io.graft.torchscript.code.MethodText;
import io.graft.torchscript.code.Product;
import io.graft.torchscript.code.WeightRead;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which code reads the fields of objects that are to be computed, and what it does with them. */
final class WeightReaders {
    private final ScriptArchive archive;
    private final IdentityHashMap<Opaque, Set<String>> fields;
    private final MethodReads<Opaque> finder;
    private final IdentityHashMap<Opaque, Boolean> holders = new IdentityHashMap<>();
    private final IdentityHashMap<Opaque, Map<String, Set<Optional<Product>>>> found = new IdentityHashMap<>();

    private WeightReaders(ScriptArchive archive, IdentityHashMap<Opaque, Set<String>> fields, boolean strict) {
        this.archive = archive;
        this.fields = fields;
        Set<String> names = new HashSet<>();
        fields.values().forEach(names::addAll);
        this.finder = new MethodReads<>(
                archive::child,
                (object, field) -> fields.getOrDefault(object, Set.of()).contains(field),
                names,
                strict);
    }

    /**
     * Looks into the code of the objects and of those that hold them.
     *
     * @param fields names of fields by the object
     * @throws CodeRefusal if code reads such a field in a way that does not tell of which object, or assigns one
     */
    static WeightReaders of(ScriptArchive archive, IdentityHashMap<Opaque, Set<String>> fields) throws IOException {
        return of(archive, fields, true);
    }

    /**
     * The same for objects whose fields stay where they are, so that it does not matter who else reads something of such a name.
     *
     * @throws CodeRefusal if code assigns such a field, or one of an object that it does not tell of
     */
    static WeightReaders ofPlaces(ScriptArchive archive, IdentityHashMap<Opaque, Set<String>> fields)
            throws IOException {
        return of(archive, fields, false);
    }

    private static WeightReaders of(ScriptArchive archive, IdentityHashMap<Opaque, Set<String>> fields, boolean strict)
            throws IOException {
        WeightReaders readers = new WeightReaders(archive, fields, strict);
        readers.holds(archive.root());
        for (Map.Entry<Opaque, Boolean> object : readers.holders.entrySet()) {
            if (object.getValue()) {
                readers.read(object.getKey());
            }
        }
        return readers;
    }

    private boolean holds(Opaque object) {
        Boolean known = holders.get(object);
        if (known != null) {
            return known;
        }
        boolean holds = fields.containsKey(object);
        for (Opaque child : archive.fields(object).values()) {
            holds |= holds(child);
        }
        holders.put(object, holds);
        return holds;
    }

    private void read(Opaque object) throws IOException {
        ClassText type = archive.text(archive.type(object));
        for (MethodText method : type.methods()) {
            for (WeightRead<Opaque> read : finder.find(method, object, type.name())) {
                found.computeIfAbsent(read.module(), module -> new HashMap<>())
                        .computeIfAbsent(read.field(), field -> new HashSet<>())
                        .add(read.product());
            }
        }
    }

    private Set<Optional<Product>> reads(Opaque object, String field) {
        return found.getOrDefault(object, Map.of()).getOrDefault(field, Set.of());
    }

    /** Whether any code reads a field. */
    boolean isRead(Opaque object, String field) {
        return !reads(object, field).isEmpty();
    }

    /** What every code that reads a field computes with it, if that is one product; empty if there is anything else. */
    Optional<Product> product(Opaque object, String field) {
        Set<Optional<Product>> reads = reads(object, field);
        return reads.size() == 1 ? reads.iterator().next() : Optional.empty();
    }
}
