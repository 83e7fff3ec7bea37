/**
 * Trains the last layer of a ResNet, on features that are computed once. Start reading at {@link io.graft.examples.images.ImageHead}.
 */
package io.graft.examples.images;
