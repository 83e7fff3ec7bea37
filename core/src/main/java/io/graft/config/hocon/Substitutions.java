package io.graft.config.hocon;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The substitutions of a configuration before they are resolved: which keys they read, and how much they make of it. The resolver
 * itself stops at nothing, and two lines that double the one before take all memory when there are thirty of them.
 */
public final class Substitutions {
    /** Characters and values that they may add; those of a configuration that a person writes add thousands. */
    private static final int MOST = 500_000;

    /** How often a key refers to what it was before; the resolver's work grows with the third power of it. */
    private static final int MOST_LOOKS = 100;

    /** Steps of a path that is sought: with each reference to what is around it a path grows by one. */
    private static final int LONGEST_PATH = 100;

    private final Set<List<String>> references = new HashSet<>();
    private final long most;
    private final Written.Members root;
    private final Map<String, String> environment;
    private final Map<List<String>, List<Written>> found = new HashMap<>();
    private final Map<List<String>, Long> sizes = new HashMap<>();
    private final Set<List<String>> open = new HashSet<>();
    private final Set<List<String>> lookedBack = new HashSet<>();
    private long steps;
    private int mostLooks;

    private Substitutions(String written, Map<String, String> environment) {
        this.most = (long) MOST + written.length();
        this.root = WrittenTree.read(written, references);
        this.environment = environment;
    }

    /** Those of a configuration that is merged and not yet resolved. */
    public static Substitutions in(Config unresolved, Map<String, String> environment) {
        String written = unresolved.isResolved() ? "{}" : unresolved.root().render(ConfigRenderOptions.concise());
        return new Substitutions(written, environment);
    }

    /** Whether a substitution reads a key, something inside of it, or something that it is inside of. */
    public boolean read(KeyPath key) {
        return references.stream().map(KeyPath::new).anyMatch(key::meets);
    }

    /** Why they are not resolved; empty if they may be. */
    public Optional<String> excess() {
        boolean tooLarge = !references.isEmpty() && (root.size(List.of(), this) > most || steps > MOST);
        if (mostLooks > MOST_LOOKS) {
            return Optional.of("a key that builds on itself, as with `+=`, does so " + mostLooks
                    + " times, and at most " + MOST_LOOKS + " are resolved");
        }
        return tooLarge
                ? Optional.of("the substitutions could add more than " + MOST + " characters and values to this file")
                : Optional.empty();
    }

    /** How large what is written at a path becomes; while that is being found out, what was written before, to which a key may refer. */
    long sizeAt(List<String> path) {
        if (open.contains(path)) {
            lookedBack.add(path);
            return soFar(path);
        }
        if (sizes.containsKey(path)) {
            return sizes.get(path);
        }
        open.add(path);
        List<Written> all = at(path);
        String variable = all.isEmpty() ? environment.getOrDefault(String.join(".", path), "") : "";
        long size = sum(0, variable.length());
        int looks = 0;
        for (Written written : all) {
            sizes.put(path, size);
            lookedBack.remove(path);
            long next = written.size(path, this);
            mostLooks = Math.max(mostLooks, lookedBack.contains(path) ? ++looks : looks);
            // an object is laid over the one before it
            size = written.replaces() || lookedBack.contains(path) ? next : sum(size, next);
        }
        sizes.put(path, size);
        open.remove(path);
        return size;
    }

    /** What is known of a path that is being added up, also from inside of it, where a key refers to the object that it is in. */
    private long soFar(List<String> path) {
        long size = sizes.getOrDefault(path, 0L);
        for (Map.Entry<List<String>, Long> entry : sizes.entrySet()) {
            steps++;
            List<String> other = entry.getKey();
            if (other.size() == path.size() + 1 && other.subList(0, path.size()).equals(path)) {
                size = sum(size, open.contains(other) ? soFar(other) : entry.getValue());
            }
        }
        return size;
    }

    /** All that is written at a path, also by way of what is substituted above it. */
    List<Written> at(List<String> path) {
        if (path.isEmpty()) {
            return List.of(root);
        }
        List<Written> known = found.get(path);
        if (known != null || path.size() > LONGEST_PATH || steps > MOST) {
            return known == null ? List.of() : known;
        }
        List<Written> inside = new ArrayList<>();
        found.put(path, inside);
        int last = path.size() - 1;
        // the same base, given twice, gives its members once
        Set<Written> different = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Written above : List.copyOf(at(path.subList(0, last)))) {
            for (Written member : List.copyOf(above.member(path.get(last), this))) {
                steps++;
                if (different.add(member)) {
                    inside.add(member);
                }
            }
        }
        return inside;
    }

    static List<String> below(List<String> path, String key) {
        List<String> longer = new ArrayList<>(path);
        longer.add(key);
        return longer;
    }

    /** A sum that stands still above what is allowed. */
    long sum(long one, long other) {
        return Math.min(one + other, most + 1);
    }
}
