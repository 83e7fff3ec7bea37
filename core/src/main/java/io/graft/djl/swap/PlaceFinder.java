package io.graft.djl.swap;

import ai.djl.nn.AbstractBaseBlock;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.BlockList;
import ai.djl.util.PairList;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Walks a tree and the fields of its blocks, and notes each place where a wanted block is. */
final class PlaceFinder {
    /** Objects between a block and what it holds. */
    private static final int DEPTH = 4;

    /** Prefixes of classes that hold no blocks, or do so in ways that are looked at one by one. */
    private static final List<String> OPAQUE = List.of("java.", "javax.", "jdk.", "sun.", "ai.djl.", "org.slf4j.");

    private final IdentityHashMap<Block, List<Place>> found = new IdentityHashMap<>();
    private final Set<Block> tree = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    PlaceFinder(Collection<? extends Block> wanted) {
        wanted.forEach(block -> found.put(block, new ArrayList<>()));
    }

    IdentityHashMap<Block, List<Place>> find(Block root) {
        grow(root);
        tree.forEach(block -> {
            inList(block);
            inFields(block, name(block), DEPTH);
        });
        return found;
    }

    private void grow(Block block) {
        if (tree.add(block)) {
            block.getChildren().values().forEach(this::grow);
        }
    }

    private void inList(Block parent) {
        List<Block> told = parent.getChildren().values();
        if (told.stream().noneMatch(found::containsKey)) {
            return;
        }
        Optional<List<Block>> kept = Children.own(parent).map(BlockList::values).filter(own -> same(own, told));
        for (int i = 0; i < told.size(); i++) {
            if (found.containsKey(told.get(i))) {
                int index = i;
                note(
                        told.get(i),
                        kept.<Place>map(own -> new Place.Child(own, index))
                                .orElseGet(() -> new Place.Fixed(
                                        "`" + name(parent) + "` keeps its children in a way of its own")));
            }
        }
    }

    private static boolean same(List<Block> left, List<Block> right) {
        boolean same = left.size() == right.size();
        for (int i = 0; same && i < left.size(); i++) {
            same = left.get(i) == right.get(i);
        }
        return same;
    }

    private void inFields(Object holder, String name, int depth) {
        Class<?> last = holder.getClass();
        for (Class<?> type = last; type != null && type != Object.class; type = type.getSuperclass()) {
            if (type == AbstractBlock.class || type == AbstractBaseBlock.class) {
                return;
            }
            for (Field field : type.getDeclaredFields()) {
                if (mayHold(field.getType())) {
                    inField(holder, field, name + "." + field.getName(), depth);
                }
            }
        }
    }

    private void inField(Object holder, Field field, String name, int depth) {
        if (!field.trySetAccessible()) {
            unreachable(holder, field, name);
            return;
        }
        Object value;
        try {
            value = field.get(holder);
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
        if (Modifier.isStatic(field.getModifiers())) {
            ifWanted(value, () -> new Place.Fixed("`" + name + "` is static, so that other models hold it too"));
        } else {
            look(value, () -> place(holder, field, name), name, elementType(field), depth);
        }
    }

    private static Place place(Object holder, Field field, String name) {
        if (holder.getClass().isRecord()) {
            return new Place.Fixed("`" + name + "` is a component of a record, which keeps what it was made with");
        }
        if (holder.getClass().isHidden() && !(holder instanceof Block)) {
            // The field of a lambda has a name that nobody wrote.
            return new Place.Fixed("`" + name.substring(0, name.lastIndexOf('.')) + "` is a lambda that captured it");
        }
        return new Place.OfField(name, holder, field);
    }

    /** A field that cannot be read may hold any child of its own block that fits it. */
    private void unreachable(Object holder, Field field, String name) {
        if (!(holder instanceof Block parent)) {
            return;
        }
        Class<?> declaring = field.getDeclaringClass();
        for (Block child : parent.getChildren().values()) {
            if (found.containsKey(child) && (field.getType().isInstance(child) || isContainer(field.getType()))) {
                note(
                        child,
                        new Place.Fixed("`" + name + "` cannot be reached: module "
                                + declaring.getModule().getName() + " does not open " + declaring.getPackageName()));
            }
        }
    }

    private void look(Object value, Supplier<Place> place, String name, Class<?> elements, int depth) {
        if (value == null || ifWanted(value, place) || depth == 0 || tree.contains(value)) {
            return;
        }
        if (!(isContainer(value.getClass()) || isOpen(value)) || !seen.add(value)) {
            return;
        }
        if (value instanceof PairList<?, ?> pairs) {
            inElements(pairs.values(), name, elements, depth);
        } else if (value instanceof List<?> list) {
            inElements(list, name, elements, depth);
        } else if (value instanceof Map<?, ?> map) {
            inMap(map, name, elements, depth);
        } else if (value instanceof Object[] array) {
            inElements(Arrays.asList(array), name, array.getClass().getComponentType(), depth);
        } else if (value instanceof Collection<?> collection) {
            collection.forEach(element -> look(element, () -> hidden(name, value), name, Object.class, depth - 1));
        } else if (value instanceof Optional<?> optional) {
            optional.ifPresent(held -> look(held, () -> hidden(name, value), name, Object.class, depth - 1));
        } else {
            if (value instanceof Block outside) {
                inList(outside);
            }
            inFields(value, name, depth - 1);
        }
    }

    @SuppressWarnings("unchecked")
    private void inElements(List<?> list, String name, Class<?> elements, int depth) {
        for (int i = 0; i < list.size(); i++) {
            int index = i;
            String element = name + "[" + i + "]";
            look(
                    list.get(i),
                    () -> new Place.Element(element, (List<Object>) list, index, elements),
                    element,
                    Object.class,
                    depth - 1);
        }
    }

    @SuppressWarnings("unchecked")
    private void inMap(Map<?, ?> map, String name, Class<?> elements, int depth) {
        map.forEach((key, value) -> {
            String element = name + "[" + key + "]";
            ifWanted(key, () -> hidden(name, map));
            look(
                    value,
                    () -> new Place.Entry(element, (Map<Object, Object>) map, key, elements),
                    element,
                    Object.class,
                    depth - 1);
        });
    }

    private static Place hidden(String name, Object holder) {
        return new Place.Fixed(
                "`" + name + "` holds it in a " + holder.getClass().getSimpleName() + ", where it cannot be exchanged");
    }

    private boolean ifWanted(Object value, Supplier<Place> place) {
        if (!(value instanceof Block block) || !found.containsKey(block)) {
            return false;
        }
        note(block, place.get());
        return true;
    }

    private void note(Block block, Place place) {
        found.get(block).add(place);
    }

    private static boolean mayHold(Class<?> type) {
        return !type.isPrimitive() && !type.isEnum() && type != String.class;
    }

    private static boolean isContainer(Class<?> type) {
        return Collection.class.isAssignableFrom(type)
                || Map.class.isAssignableFrom(type)
                || PairList.class.isAssignableFrom(type)
                || Object[].class.isAssignableFrom(type)
                || type == Optional.class;
    }

    /** Whether an object that is none of the usual containers may have blocks in its fields. */
    private static boolean isOpen(Object value) {
        return value instanceof Block
                || value.getClass().isHidden()
                || OPAQUE.stream().noneMatch(value.getClass().getName()::startsWith);
    }

    /** What a list or map is declared to hold. */
    private static Class<?> elementType(Field field) {
        if (!(field.getGenericType() instanceof ParameterizedType type)) {
            return Object.class;
        }
        Type[] arguments = type.getActualTypeArguments();
        Type last = arguments[arguments.length - 1];
        if (last instanceof WildcardType wildcard) {
            last = wildcard.getUpperBounds()[0];
        }
        if (last instanceof ParameterizedType nested) {
            last = nested.getRawType();
        }
        return last instanceof Class<?> known ? known : Object.class;
    }

    private static String name(Block block) {
        return BlockState.name(StillBlocks.type(block));
    }
}
