package io.graft.config.reading;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.graft.config.hocon.KeyPath;
import io.graft.config.hocon.Literals;
import io.graft.config.hocon.SourceTexts;
import io.graft.config.hocon.ValueOrigin;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.problem.SourceRef;
import io.graft.problem.Spelling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One value of a configuration tree, with its path and its place in the file. Immutable; going down gives a new cursor.
 *
 * <p>A cursor may stand where there is no value, see {@link #at}: then it has the place of the object that lacks it, so that
 * problems can always be told somewhere.
 */
public final class ConfigCursor {
    private final @Nullable ConfigValue value;
    private final Place place;
    private final Subject owner;
    private final SourceTexts texts;
    private final Set<String> reserved;
    private final Set<String> outerKeys;

    /** Where the cursor is in the tree; the key is as written, and empty for the root and for an element. */
    private record Place(@Nullable ConfigCursor parent, String key, int index) {
        static final Place ROOT = new Place(null, "", -1);
    }

    private ConfigCursor(
            @Nullable ConfigValue value,
            Place place,
            Subject owner,
            SourceTexts texts,
            Set<String> reserved,
            Set<String> outerKeys) {
        this.value = value;
        this.place = place;
        this.owner = owner;
        this.texts = texts;
        this.reserved = reserved;
        this.outerKeys = outerKeys;
    }

    /**
     * The root of a configuration that another reader has loaded.
     *
     * @throws com.typesafe.config.ConfigException.NotResolved later, if it is not resolved
     */
    public static ConfigCursor of(Config config) {
        return of(config, Set.of());
    }

    /**
     * As {@link #of(Config)}.
     *
     * @param secretKeys keys whose values are never shown, beside those that are declared secret when they are bound
     */
    public static ConfigCursor of(Config config, Set<String> secretKeys) {
        SourceTexts texts = new SourceTexts(secretKeys);
        texts.secrets().addValuesIn(config.root());
        return of(config.root(), texts);
    }

    /** A value that stands in no file, such as a default: HOCON or, where it is not, plain text. */
    public static ConfigCursor literal(String hocon) {
        return of(Literals.parse(hocon), new SourceTexts(Set.of()));
    }

    static ConfigCursor of(ConfigValue root, SourceTexts texts) {
        return new ConfigCursor(root, Place.ROOT, Subject.NONE, texts, Set.of(), Set.of());
    }

    /** The path from the root with keys as written, {@code graft.modifiers[0].target_modules}; empty at the root. */
    public String path() {
        if (place.parent() == null) {
            return "";
        }
        String path = place.parent().path();
        if (place.index() >= 0) {
            return path + "[" + place.index() + "]";
        }
        String key = KeyPath.quoteIfNeeded(place.key());
        return path.isEmpty() ? key : path + "." + key;
    }

    /** Whether there is a value; {@code null} is one. */
    public boolean isPresent() {
        return value != null;
    }

    /** Whether the value is an object. */
    public boolean isObject() {
        return value instanceof ConfigObject;
    }

    /** Whether the value is a list. */
    public boolean isList() {
        return value instanceof ConfigList;
    }

    /** Whether the value asks for nothing: {@code null}, {@code false}, or empty. */
    boolean isOff() {
        Object plain = value == null ? null : value.unwrapped();
        return plain == null
                || plain.equals(false)
                || plain.equals("")
                || plain.equals(List.of())
                || plain.equals(Map.of());
    }

    /** The name of the file that the value stands in, without its folder. */
    Optional<String> file() {
        return origin().map(ValueOrigin::name)
                .map(name -> name.substring(1 + Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\'))));
    }

    /** Where the value stands. */
    public Optional<SourceRef> source() {
        return OriginLocator.value(this);
    }

    /** The line that the value stands in, without looking for its column there. */
    public Optional<SourceRef> line() {
        return origin().map(
                        origin -> new SourceRef(ValueOrigin.name(origin), Math.max(0, origin.lineNumber()), 0, 0, ""));
    }

    /** Where the value's key stands; for an element or the root, where the value stands. */
    public Optional<SourceRef> keySource() {
        return OriginLocator.key(this);
    }

    /**
     * The value at a path below this one, {@code rename[1].from}, each key in its kebab-case or snake_case spelling. What is
     * not there is an absent cursor, which has its path and the place of the nearest value above it.
     */
    public ConfigCursor at(String path) {
        ConfigCursor cursor = this;
        for (String step :
                path.isEmpty() ? List.<String>of() : KeyPath.parse(path).steps()) {
            cursor = cursor.step(step);
        }
        return cursor;
    }

    private ConfigCursor step(String step) {
        if (value instanceof ConfigObject object) {
            String snake = Spelling.snake(step);
            return child(object.containsKey(step) || !object.containsKey(snake) ? step : snake);
        }
        if (value instanceof ConfigList list && KeyPath.isPosition(step)) {
            int index = Integer.parseInt(step);
            return index < list.size() ? element(list, index) : below(null, new Place(this, "", index));
        }
        return below(null, new Place(this, step, -1));
    }

    /** The elements of a list; none if the value is no list. */
    public List<ConfigCursor> elements() {
        if (!(value instanceof ConfigList list)) {
            return List.of();
        }
        List<ConfigCursor> elements = new ArrayList<>(list.size());
        for (int index = 0; index < list.size(); index++) {
            elements.add(element(list, index));
        }
        return elements;
    }

    /** The keys of an object as written, sorted; none if the value is no object. */
    public List<String> keys() {
        return value instanceof ConfigObject object
                ? object.keySet().stream().sorted().toList()
                : List.of();
    }

    /** The text of a scalar as the file writes it, without quotes; empty for objects, lists, {@code null} and no value. */
    public Optional<String> text() {
        return value == null ? Optional.empty() : Literals.text(value);
    }

    /** The value as {@code Map}, {@code List}, {@code String}, {@code Number}, {@code Boolean} or null. */
    // A compiler that does not find JSpecify leaves its annotations out.
    @SuppressWarnings("exports")
    public @Nullable Object unwrapped() {
        return value == null ? null : value.unwrapped();
    }

    /** The same value, of which messages speak by this name: {@code modifier `lora`}. */
    public ConfigCursor ownedBy(String name) {
        return ownedBy(name, key -> Optional.empty());
    }

    /**
     * The same value, of which messages speak by this name: {@code modifier `lora`}.
     *
     * @param notes what to tell with a problem of an option's value; its key is dotted kebab-case below this value
     */
    public ConfigCursor ownedBy(String name, Function<String, Optional<String>> notes) {
        return new ConfigCursor(value, place, new Subject(name, path(), notes), texts, reserved, outerKeys);
    }

    /** The same object, with keys that somebody else reads. */
    public ConfigCursor withReserved(Set<String> keys) {
        return new ConfigCursor(value, place, owner, texts, Set.copyOf(keys), outerKeys);
    }

    /**
     * At the same place, the object that the value stands for where an object may be written shorter: {@code { key = value }}.
     */
    public ConfigCursor inObject(String key) {
        return new ConfigCursor(
                value == null ? null : value.atKey(key).root().withOrigin(value.origin()),
                place,
                owner,
                texts,
                reserved,
                outerKeys);
    }

    /** Starts binding an object; a value that is none is a problem of the binding. */
    public ObjectBinding object() {
        return new ObjectBinding(this);
    }

    /** As {@link #object()}, with keys that somebody else reads. */
    public ObjectBinding object(String... reservedKeys) {
        return withReserved(Set.of(reservedKeys)).object();
    }

    /** Starts binding an object that is one of several kinds, as the value of the key {@code discriminator} tells. */
    public <T> ChoiceBinding<T> choice(String discriminator) {
        return new ChoiceBinding<>(this, discriminator);
    }

    /** An error at the value's place. */
    public Problem error(ProblemCode code, String message, String help) {
        return new Problem(code, Severity.ERROR, path(), source(), message, List.of(), help);
    }

    /** A warning at the value's place. */
    public Problem warning(ProblemCode code, String message, String help) {
        return new Problem(code, Severity.WARNING, path(), source(), message, List.of(), help);
    }

    /** An error at the place of the value's key. */
    public Problem keyError(ProblemCode code, String message, String help) {
        return new Problem(code, Severity.ERROR, path(), keySource(), message, List.of(), help);
    }

    /** Keeps a part of the value out of every message, and out of the lines that messages quote. */
    public void withhold(String part) {
        texts.secrets().addText(part);
    }

    @Nullable
    ConfigValue value() {
        return value;
    }

    @Nullable
    ConfigCursor parent() {
        return place.parent();
    }

    /** The key as written; empty for the root and for an element. */
    String key() {
        return place.key();
    }

    /** The position in a list, from 0; -1 for what is no element. */
    int index() {
        return place.index();
    }

    SourceTexts texts() {
        return texts;
    }

    Set<String> reserved() {
        return reserved;
    }

    /** The keys of the object that has this value, or the list with it, at a key. */
    Set<String> outerKeys() {
        return outerKeys;
    }

    /** The same value, which an object with these keys has. */
    ConfigCursor withOuterKeys(Set<String> keys) {
        return new ConfigCursor(value, place, owner, texts, reserved, keys);
    }

    /** The value at a key that this value is or is an element of. */
    ConfigCursor holder() {
        return place.index() < 0 || place.parent() == null
                ? this
                : place.parent().holder();
    }

    /** Keeps the value's texts out of messages, wherever they stand. */
    void withhold() {
        if (value != null) {
            texts.secrets().addValue(value);
        }
    }

    /** Whether the value is {@code null}. */
    public boolean isNull() {
        return value != null && value.valueType() == ConfigValueType.NULL;
    }

    /** The origin of the value or, without one, of the nearest value above. */
    public Optional<ConfigOrigin> origin() {
        if (value != null) {
            return Optional.of(value.origin());
        }
        return place.parent() == null ? Optional.empty() : place.parent().origin();
    }

    /** Whether the value comes from outside every file: {@code --set}, a system property, the environment. */
    public boolean isOutside() {
        return value != null && ValueOrigin.isOutside(value.origin());
    }

    /** Whether messages must not show the value. */
    public boolean isSecret() {
        if (value != null && ValueOrigin.isEnvironment(value.origin())) {
            return true;
        }
        return texts.secrets().isSecret(place.key())
                || (place.parent() != null && place.parent().isSecret());
    }

    /** The object as the subject of a sentence: {@code modifier `lora`}, or its path. */
    String subject() {
        return owner.of(path());
    }

    /** Where the object is inside of what {@link #subject} names; empty if it is that itself. */
    String pathInSubject() {
        return owner.inside(path());
    }

    /** As {@link #pathInSubject}, to end a sentence with. */
    String where() {
        String path = pathInSubject();
        return path.isEmpty() ? "" : " in `" + path + "`";
    }

    /** What the owner tells of an option. */
    Optional<String> note() {
        return owner.note(path());
    }

    /** The child of an object by its key as written. */
    ConfigCursor child(String key) {
        ConfigValue child = value instanceof ConfigObject object ? object.get(key) : null;
        return below(child, new Place(this, key, -1));
    }

    /** The same place with another value. */
    ConfigCursor with(ConfigValue other) {
        return new ConfigCursor(other, place, owner, texts, Set.of(), outerKeys);
    }

    private ConfigCursor element(ConfigList list, int index) {
        return below(list.get(index), new Place(this, "", index)).withOuterKeys(outerKeys);
    }

    private ConfigCursor below(@Nullable ConfigValue child, Place at) {
        return new ConfigCursor(child, at, owner, texts, Set.of(), Set.of());
    }
}
