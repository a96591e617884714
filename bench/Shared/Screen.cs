#pragma warning disable RS0030 // A benchmark talks to the terminal; here alone.
namespace HeapDrift.Benches;

/// <summary>Results go to standard output, everything else to standard error, so that the table can be redirected.</summary>
internal static class Screen
{
    public static void Result(string text) => Console.Out.Write(text);

    public static void Progress(string text) => Console.Error.WriteLine($"... {text}");
}
