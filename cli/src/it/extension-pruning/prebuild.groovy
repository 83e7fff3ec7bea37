def project = io.graft.cli.extension.OutsideProject.at(basedir.toPath())
project.copy('examples/extension-pruning')
project.copyBeside('examples/fine-tuning')
project.linkBeside('cli/target/graft-1.0.0')
