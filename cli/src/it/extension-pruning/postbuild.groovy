def project = io.graft.cli.extension.OutsideProject.at(basedir.toPath())
project.follow('examples/extension-pruning/README.md').printed('pruning .* extension-pruning-1.0.0.jar .*')
// Made from the same checkpoint with torch.nn.utils.prune.global_unstructured(weights, L1Unstructured, amount=0.5), -0.0 made 0.0.
project.holdsSameTensors('expected.safetensors', 'out/model.safetensors')
