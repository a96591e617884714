using HeapDrift.Collector.Discovery;

namespace HeapDrift.Collector.Tests.Discovery;

public sealed class DiagnosticSocketTests
{
    /// <summary>A process that was killed leaves its socket behind, and pids come round again.</summary>
    [Fact]
    public void OfTwoSocketsOfOnePidTheLaterStartedIsTaken()
    {
        string folder = Directory.CreateTempSubdirectory("heapdrift-test-").FullName;
        File.WriteAllText(Path.Join(folder, "dotnet-diagnostic-42-794692-socket"), "");
        File.WriteAllText(Path.Join(folder, "dotnet-diagnostic-42-2000548-socket"), "");

        Assert.Equal(Path.Join(folder, "dotnet-diagnostic-42-2000548-socket"), DiagnosticSocket.Find(42, 42, folder));
        Directory.Delete(folder, recursive: true);
    }
}
