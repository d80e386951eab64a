/// Which demuxers may open a file. A short list keeps a hostile file from posing as something else: a
/// playlist named .mp4 would otherwise read other files and call hosts.
public enum DemuxerSet: Sendable {
    /// What a generated clip comes in: MP4/MOV and Matroska/WebM.
    case clips
    /// The usual files of picture and sound; no playlists, devices or protocols.
    case media
    /// Still pictures.
    case images

    /// The names, as FFmpeg's format_whitelist option takes them.
    var whitelist: String {
        let clips = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm"
        let images =
            "png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,tiff_pipe,gif,gif_pipe,apng,jpegls_pipe,j2k_pipe,"
            + "pam_pipe,pgm_pipe,ppm_pipe,pbm_pipe,qoi_pipe,psd_pipe,exr_pipe,dpx_pipe,sgi_pipe,image2"
        switch self {
        case .clips: return clips
        case .images: return images
        case .media:
            return clips + "," + images
                + ",avi,flv,asf,mpegts,mpeg,mpegvideo,ogg,mxf,nut,ivf,obu,av1,h264,hevc,vvc,m4v,h263,h261,vc1,"
                + "vc1test,dirac,mjpeg,mjpeg_2000,yuv4mpegpipe,dv,rm,wtv,gxf,nsv,nuv,swf,film_cpk,smk,bink,"
                + "roq,flic,4xm,ea,vmd,wsvqa,wc3movie,idcin,ipmovie,psxstr,thp,lxf,avs,rawvideo,cavsvideo,"
                + "wav,w64,aiff,au,caf,mp3,aac,flac,ac3,eac3,dts,dtshd,truehd,mlp,amr,amrnb,amrwb,tta,wv,"
                + "ape,mpc,mpc8,tak,oma,voc,sox,loas,latm,gsm"
        }
    }
}

/// How much of a file is read to describe its streams.
public enum Analysis: Sendable {
    /// The header only: a millisecond for MP4; may leave size, rate or format unknown in others.
    case none
    /// Some packets are read, and decoded where needed (`avformat_find_stream_info`).
    case full
}
