using HeapDrift.TestKit;

namespace HeapDrift.LeakScore;

/// <summary>Where the gallery allocates what it leaks: the lines say so themselves, so that no number grows old.</summary>
internal static class SourceLines
{
    /// <summary>Also on the calls of a method that may be inlined: its line is then the caller's.</summary>
    public const string Mark = "// allocates";

    /// <summary>Numbers of the marked lines of the gallery's file of this name, from 1 on.</summary>
    public static IReadOnlySet<int> Of(string file)
    {
        string path = Directory.GetFiles(RepositoryPaths.File("tests", "Targets", "LeakGallery"), file, SearchOption.AllDirectories).Single();
        return System.IO.File.ReadLines(path).Index().Where(line => line.Item.Contains(Mark, StringComparison.Ordinal)).Select(line => line.Index + 1).ToHashSet();
    }
}
