# outcome: EXCEPTION|FORBIDDEN load
import zipimport

zipimport.zipimporter("@KEYS@")
