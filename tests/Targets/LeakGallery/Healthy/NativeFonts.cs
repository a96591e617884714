using System.Runtime.InteropServices;
using LeakGallery.Hosting;

namespace Printing.Fonts;

/// <summary>Glyphs outside the heap, freed when the page is printed.</summary>
internal sealed unsafe class NativeFonts : IProgram
{
    private readonly Queue<nint> _glyphs = new();

    public int RequestsPerSecond => 400;

    public void Serve(int number)
    {
        var glyph = (byte*)NativeMemory.Alloc(50_000);
        new Span<byte>(glyph, 50_000).Fill((byte)number);
        _glyphs.Enqueue((nint)glyph);
        if (_glyphs.Count > 100)
        {
            NativeMemory.Free((void*)_glyphs.Dequeue());
        }
    }
}
