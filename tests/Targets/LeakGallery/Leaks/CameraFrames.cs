using System.Runtime.InteropServices;
using LeakGallery.Hosting;

namespace Vision.Cameras;

/// <summary>Hands frames to a driver, which wants them to stay where they are.</summary>
internal sealed class CameraDriver
{
    private nint _lastFrame;

    public nint Last => _lastFrame;

    public void Submit(int size)
    {
        var pixels = new byte[size]; // allocates
        var handle = GCHandle.Alloc(pixels, GCHandleType.Pinned);
        _lastFrame = handle.AddrOfPinnedObject();
    }
}

internal sealed class CameraService : IProgram
{
    private readonly CameraDriver _driver = new();

    public int RequestsPerSecond => 600;

    public void Serve(int number) => _driver.Submit(8000); // allocates
}
