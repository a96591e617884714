using System.Buffers;
using LeakGallery.Hosting;

namespace Media.Resizing;

internal sealed class ImageResizer : IProgram
{
    private readonly Queue<byte[]> _working = new();

    public int RequestsPerSecond => 2000;

    public void Serve(int number)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1000 << (number % 7));
        buffer[0] = (byte)number;
        _working.Enqueue(buffer);
        if (_working.Count > 12)
        {
            ArrayPool<byte>.Shared.Return(_working.Dequeue());
        }
    }
}
