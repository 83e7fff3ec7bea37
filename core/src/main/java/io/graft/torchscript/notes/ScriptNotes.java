package io.graft.torchscript.notes;

import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.model.DraftTensor;
import io.graft.model.parametrization.Applied;
import io.graft.model.parametrization.Sharing;
import io.graft.model.training.TensorKind;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What an archive tells of the parametrizations that are part of its program.
 *
 * @param switches by adapter the tensor that holds its weight
 * @param entries the parametrizations, those of a tensor in the order in which they are applied
 * @param internal tensors that nobody owns, and that the program computes with
 * @param bases tensors that storages took the place of
 * @param classes by the name of each class that was edited, how
 */
public record ScriptNotes(
        Map<String, String> switches,
        List<Entry> entries,
        List<String> internal,
        List<Base> bases,
        Map<String, EditedClass> classes) {
    private static final int VERSION = 1;

    public ScriptNotes {
        internal = List.copyOf(internal);
        entries = List.copyOf(entries);
        bases = List.copyOf(bases);
    }

    /**
     * A parametrization.
     *
     * @param tensor name of what it stands on
     * @param adapter empty for a storage
     * @param remarks what its maker wants to know again
     */
    public record Entry(
            String tensor,
            String adapter,
            String id,
            String description,
            Map<String, String> remarks,
            List<Slot> slots,
            FormNotes form) {
        public Entry {
            remarks = Map.copyOf(remarks);
            slots = List.copyOf(slots);
        }
    }

    /**
     * A tensor that a parametrization owns.
     *
     * @param tensor its full name
     */
    public record Slot(String slot, String tensor, Sharing sharing) {}

    /** A tensor that is there under all of these names when its storage is folded. */
    public record Base(List<String> names, TensorKind kind, DType dtype, Shape shape) {
        public Base {
            names = List.copyOf(names);
        }
    }

    /**
     * How a class was edited.
     *
     * @param of full name of the class that it is a clone of
     * @param fields that the clone has more
     * @param removed fields that it lacks
     * @param whole methods that are called in the place of reading a field, with that field
     * @param product methods that are called in the place of multiplying with a field, with that field
     * @param beside methods that take what a call gives first, and give something in its place
     */
    public record EditedClass(
            String of,
            List<String> fields,
            List<String> removed,
            Map<String, String> whole,
            Map<String, String> product,
            List<String> beside) {
        public EditedClass {
            fields = List.copyOf(fields);
            removed = List.copyOf(removed);
            beside = List.copyOf(beside);
        }
    }

    /**
     * The parametrizations of a plan.
     *
     * @param stored the name of a tensor that lies somewhere
     */
    public static List<Entry> entries(List<DraftTensor> tensors, Function<LazyTensor, String> stored) {
        List<Entry> entries = new ArrayList<>();
        for (DraftTensor tensor : tensors) {
            for (Applied applied : tensor.parametrizations()) {
                Expression.Below below = new Expression.Below(tensor.shape(), tensor.dtype());
                entries.add(new Entry(
                        tensor.name(),
                        applied.adapter(),
                        applied.parametrization().id(),
                        applied.parametrization().description(),
                        applied.parametrization().remarks(),
                        applied.parametrization().owned().stream()
                                .map(slot -> new Slot(
                                        slot.slot(),
                                        applied.owned().get(slot.slot()).name(),
                                        slot.sharing()))
                                .toList(),
                        FormNotes.of(applied.parametrization().form(below), stored)));
            }
        }
        return entries;
    }

    /** As JSON. */
    public String text() {
        // Each once: what one adapter says of all its weights is long, and the longer the more they are.
        List<String> remarks = entries.stream()
                .flatMap(entry -> new TreeMap<>(entry.remarks()).values().stream())
                .distinct()
                .toList();
        Map<String, Integer> numbers = new HashMap<>();
        remarks.forEach(remark -> numbers.put(remark, numbers.size()));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("version", VERSION);
        document.put("switches", switches);
        document.put("remarks", remarks);
        document.put(
                "parametrizations",
                entries.stream().map(entry -> values(entry, numbers)).toList());
        document.put("internal", internal);
        document.put("bases", bases.stream().map(ScriptNotes::values).toList());
        Map<String, Object> edited = new LinkedHashMap<>();
        classes.forEach((name, type) -> edited.put(name, values(type)));
        document.put("classes", edited);
        return JsonText.of(document);
    }

    private static Map<String, Object> values(Entry entry, Map<String, Integer> numbers) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("tensor", entry.tensor());
        values.put("adapter", entry.adapter());
        values.put("id", entry.id());
        values.put("description", entry.description());
        if (!entry.remarks().isEmpty()) {
            Map<String, Integer> remarks = new TreeMap<>();
            entry.remarks().forEach((name, remark) -> remarks.put(name, numbers.get(remark)));
            values.put("remarks", remarks);
        }
        List<Map<String, Object>> slots = new ArrayList<>();
        for (Slot slot : entry.slots()) {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("slot", slot.slot());
            each.put("tensor", slot.tensor());
            each.put("sharing", slot.sharing().name().toLowerCase(Locale.ROOT));
            slots.add(each);
        }
        values.put("slots", slots);
        values.putAll(entry.form().values());
        return values;
    }

    private static Map<String, Object> values(Base base) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("names", base.names());
        values.put("kind", base.kind().name().toLowerCase(Locale.ROOT));
        values.put("dtype", base.dtype().name());
        values.put("shape", base.shape().dimensions());
        return values;
    }

    private static Map<String, Object> values(EditedClass type) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("of", type.of());
        values.put("fields", type.fields());
        values.put("removed", type.removed());
        values.put("whole", type.whole());
        if (!type.product().isEmpty()) {
            values.put("product", type.product());
        }
        values.put("beside", type.beside());
        return values;
    }

    /**
     * Reads notes.
     *
     * @throws IllegalArgumentException if they are of another version, or cannot be understood; the message tells why, as the end of a
     *     sentence
     */
    public static ScriptNotes parse(String text) {
        Told told = new Told(ModelConfiguration.parse(text)
                .orElseThrow(() -> new IllegalArgumentException("they are no JSON object")));
        if (told.whole("version") != VERSION) {
            throw new IllegalArgumentException("they are of version " + told.whole("version"));
        }
        Map<String, EditedClass> classes = new LinkedHashMap<>();
        Told types = told.object("classes");
        types.values().keySet().forEach(name -> classes.put(name, editedClass(types.object(name))));
        List<String> remarks = told.texts("remarks");
        return new ScriptNotes(
                texts(told.object("switches")),
                told.objects("parametrizations").stream()
                        .map(entry -> entry(entry, remarks))
                        .toList(),
                told.texts("internal"),
                told.objects("bases").stream().map(ScriptNotes::base).toList(),
                classes);
    }

    private static Map<String, String> texts(Told object) {
        Map<String, String> texts = new LinkedHashMap<>();
        object.values().keySet().forEach(key -> texts.put(key, object.text(key)));
        return texts;
    }

    private static Map<String, String> chosen(Told numbers, List<String> remarks) {
        Map<String, String> chosen = new LinkedHashMap<>();
        numbers.values().keySet().forEach(name -> chosen.put(name, remarks.get(numbers.index(name))));
        return chosen;
    }

    private static Entry entry(Told told, List<String> remarks) {
        Map<String, Object> form = new LinkedHashMap<>(told.values());
        form.keySet().removeAll(List.of("tensor", "adapter", "id", "description", "remarks", "slots"));
        return new Entry(
                told.text("tensor"),
                told.text("adapter"),
                told.text("id"),
                told.text("description"),
                told.has("remarks") ? chosen(told.object("remarks"), remarks) : Map.of(),
                told.objects("slots").stream()
                        .map(slot -> new Slot(
                                slot.text("slot"),
                                slot.text("tensor"),
                                Sharing.valueOf(slot.text("sharing").toUpperCase(Locale.ROOT))))
                        .toList(),
                new FormNotes(form));
    }

    private static Base base(Told told) {
        return new Base(
                told.texts("names"),
                TensorKind.valueOf(told.text("kind").toUpperCase(Locale.ROOT)),
                told.dtype("dtype"),
                told.shape("shape"));
    }

    private static EditedClass editedClass(Told told) {
        return new EditedClass(
                told.text("of"),
                told.texts("fields"),
                told.texts("removed"),
                texts(told.object("whole")),
                told.has("product") ? texts(told.object("product")) : Map.of(),
                told.texts("beside"));
    }
}
