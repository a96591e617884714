using System.Runtime.InteropServices;
using LeakGallery.Hosting;

namespace Maps.Tiles;

internal sealed unsafe class TileDecoder : IProgram
{
    private int _checksum;

    public int RequestsPerSecond => 200;

    public void Serve(int number) => _checksum += Decode(number);

    private static int Decode(int number)
    {
        var pixels = (byte*)NativeMemory.Alloc(40_000);
        new Span<byte>(pixels, 40_000).Fill((byte)number);
        if (number < 0)
        {
            NativeMemory.Free(pixels);
        }

        return pixels[100];
    }
}
