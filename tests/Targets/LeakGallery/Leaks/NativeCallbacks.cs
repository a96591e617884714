using System.Runtime.InteropServices;
using LeakGallery.Hosting;

namespace Audio.Playback;

internal sealed class PlaybackState(float[] samples)
{
    public int Position { get; set; }

    public int Length => samples.Length;
}

/// <summary>The library gives the pointer back to each callback.</summary>
internal static class AudioLibrary
{
    public static nint Play(int samples)
    {
        var state = new PlaybackState(new float[samples]); // allocates
        return GCHandle.ToIntPtr(GCHandle.Alloc(state));
    }
}

internal sealed class Jukebox : IProgram
{
    public int RequestsPerSecond => 1000;

    public void Serve(int number) => AudioLibrary.Play(1000); // allocates
}
