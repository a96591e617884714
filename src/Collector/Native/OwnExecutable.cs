namespace HeapDrift.Collector.Native;

/// <summary>The executable that runs this code, to be started once more.</summary>
internal static class OwnExecutable
{
    /// <summary>Not the <c>dotnet</c> that may have loaded it, nor the host of tests.</summary>
    public static string Path =>
        System.IO.Path.Join(AppContext.BaseDirectory, "heapdrift") is var beside && File.Exists(beside) ? beside : Environment.ProcessPath!;
}
