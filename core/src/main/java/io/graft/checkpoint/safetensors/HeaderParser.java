package io.graft.checkpoint.safetensors;

import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.bytes.Place;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.bytes.StrictJson;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads a header as a stream of tokens; nothing is kept but the entries. */
final class HeaderParser {
    static final String METADATA = "__metadata__";

    private static final int MOST_TENSORS = 200_000;
    private static final int MOST_DIMENSIONS = 64;
    private static final long DIMENSION_LIMIT = 1L << 48;

    private final StrictJson json;
    private final Refusals refusals;
    private final List<HeaderEntry> entries = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private Map<String, String> metadata;

    HeaderParser(StrictJson json, Refusals refusals) {
        this.json = json;
        this.refusals = refusals;
    }

    SafetensorsHeader parse(long dataStart) throws IOException {
        json.enterDocument();
        for (String key = json.nextKey(); key != null; key = json.nextKey()) {
            if (key.equals(METADATA)) {
                readMetadata();
            } else {
                readEntry(key);
            }
        }
        json.leaveDocument();
        return new SafetensorsHeader(entries, metadata == null ? Map.of() : metadata, dataStart);
    }

    private void readMetadata() throws IOException {
        if (metadata != null) {
            throw refusals.malformed("the header holds " + METADATA + " twice");
        }
        metadata = new LinkedHashMap<>();
        json.enterObject(METADATA);
        for (String key = json.nextKey(); key != null; key = json.nextKey()) {
            Place place = new Place(METADATA, key);
            if (metadata.put(key, json.text(place)) != null) {
                throw refusals.malformed("the header holds " + place + " twice");
            }
        }
    }

    private void readEntry(String name) throws IOException {
        Place tensor = new Place("tensor", name);
        if (!names.add(name)) {
            throw refusals.malformed("the header holds " + tensor + " twice");
        }
        if (names.size() > MOST_TENSORS) {
            throw refusals.refused("the header holds more than " + MOST_TENSORS + " tensors");
        }
        DType dtype = null;
        Shape shape = null;
        long[] range = null;
        json.enterObject(tensor);
        for (String field = json.nextField(); field != null; field = json.nextField()) {
            Place place = new Place(field, tensor);
            switch (field) {
                case "dtype" -> {
                    requireFirst(dtype, place);
                    dtype = dtype(json.text(place), tensor);
                }
                case "shape" -> {
                    requireFirst(shape, place);
                    shape = shape(place);
                }
                case "data_offsets" -> {
                    requireFirst(range, place);
                    range = range(place);
                }
                default ->
                    throw refusals.malformed(tensor + " has a field '" + TensorName.printable(field)
                            + "'; the format has dtype, shape and data_offsets");
            }
        }
        if (dtype == null || shape == null || range == null) {
            throw refusals.malformed(
                    tensor + " has no " + (dtype == null ? "dtype" : shape == null ? "shape" : "data_offsets"));
        }
        entries.add(checked(new HeaderEntry(name, dtype, shape, range[0], range[1]), tensor));
    }

    private void requireFirst(Object earlier, Place place) {
        if (earlier != null) {
            throw refusals.malformed("the header holds " + place + " twice");
        }
    }

    private DType dtype(String name, Place tensor) {
        DType dtype = SafetensorsTypes.named(name);
        if (dtype == null) {
            throw refusals.malformed(tensor + " has the unknown dtype '" + TensorName.printable(name) + "'");
        }
        return dtype;
    }

    private Shape shape(Place place) throws IOException {
        long[] dimensions = new long[4];
        int rank = 0;
        json.enterArray(place);
        for (long size = json.nextWhole(place); size >= 0; size = json.nextWhole(place)) {
            if (rank == MOST_DIMENSIONS) {
                throw refusals.refused(place + " has more than " + MOST_DIMENSIONS + " dimensions");
            }
            if (size >= DIMENSION_LIMIT) {
                throw refusals.refused(place + " has a dimension of 2^48 or more: " + size);
            }
            if (rank == dimensions.length) {
                dimensions = Arrays.copyOf(dimensions, MOST_DIMENSIONS);
            }
            dimensions[rank++] = size;
        }
        return Shape.of(Arrays.copyOf(dimensions, rank));
    }

    private long[] range(Place place) throws IOException {
        json.enterArray(place);
        long begin = json.nextWhole(place);
        long end = begin < 0 ? -1 : json.nextWhole(place);
        if (end < 0 || json.nextWhole(place) >= 0) {
            throw refusals.malformed(place + " must hold two numbers, begin and end");
        }
        if (end < begin) {
            throw refusals.malformed(place + " end at " + end + ", before they begin at " + begin);
        }
        return new long[] {begin, end};
    }

    private HeaderEntry checked(HeaderEntry entry, Place tensor) {
        long bits = entry.dtype().bits();
        for (int i = 0; i < entry.shape().rank(); i++) {
            long size = entry.shape().dimension(i);
            // A zero must not hide that the other sizes overflow.
            if (Math.multiplyHigh(bits, Math.max(1, size)) != 0 || bits * Math.max(1, size) < 0) {
                throw refusals.refused(tensor + " has the shape " + entry.shape() + ", more than can be addressed");
            }
            bits *= Math.max(1, size);
        }
        if (bits % Byte.SIZE != 0) {
            throw refusals.malformed(
                    tensor + " of " + entry.dtype() + " " + entry.shape() + " does not fill whole bytes");
        }
        long expected = entry.dtype().byteCount(entry.shape());
        if (entry.end() - entry.begin() != expected) {
            throw refusals.malformed(tensor + " has " + (entry.end() - entry.begin()) + " bytes, but " + entry.dtype()
                    + " " + entry.shape() + " takes " + expected);
        }
        return entry;
    }
}
