"""The toy framework, with images and with a GPU that is not there."""
import toy


class Framework(toy.Framework):
    def image(self, tensor, shape):
        made = toy.one("Reshape", tensor, lambda a: a, lambda a: 1.0)
        made.shape = [1, *shape, *tensor.shape[1:]]
        return made

    def on_cpu(self):
        toy.Tensor.on_gpu = False
