namespace HeapDrift.Dashboards;

/// <summary>The clone that is written to.</summary>
internal static class Repository
{
    /// <summary>The nearest folder with the solution, from here upwards. Null where there is none.</summary>
    public static string? Find(string from)
    {
        for (var folder = new DirectoryInfo(from); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Join(folder.FullName, "HeapDrift.slnx")))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
