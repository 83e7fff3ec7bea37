def project = io.graft.cli.extension.OutsideProject.at(basedir.toPath())
project.copy('examples/extension-loha', 'loha')
